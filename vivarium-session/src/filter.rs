//! What of a session is to be shown: the same words for the command, the library and recordings.
//!
//! A filter has two halves. Which kinds of event are wanted is told to the kernel side, which then spends nothing on the
//! others; the rest is looked at when an event arrives. Neither makes a verdict incomplete: what a filter leaves out isn't
//! lost, and the output says that there was a filter.
//!
//! ```
//! use vivarium_session::filter::Filter;
//!
//! let filter = Filter::default().events(["@net", "path_open"])?.exclude(["odd_*"])?.path("/etc/**")?;
//! let kinds: Vec<_> = filter.kinds().iter().map(|kind| kind.name).collect();
//! assert!(kinds.contains(&"sock_connect") && !kinds.contains(&"odd_socket"));
//! assert_eq!(filter.to_string(), "-e @net,path_open -E odd_* --path /etc/**");
//!
//! let error = Filter::default().events(["sock_conect"]).unwrap_err();
//! assert!(error.to_string().contains("sock_connect"));
//! # Ok::<(), vivarium_session::filter::FilterError>(())
//! ```

mod error;
mod limits;
mod near;
mod pattern;
mod selection;
mod selector;
mod sites;

use std::fmt;

use serde::{Deserialize, Serialize};
use vivarium_sys::event::Severity;

pub use error::FilterError;
pub use limits::Limits;
pub use pattern::Pattern;
pub use selection::Selection;
pub use sites::{KeptOff, SitePattern};

use crate::record::{Pid, Tid};
use crate::session::Kinds;

/// What of a session is to be shown. The default is what is shown where nobody asks: every kind that is on by default.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Which kinds of event.
    #[serde(flatten)]
    pub selection: Selection,
    /// Which events of those kinds.
    #[serde(flatten)]
    pub limits: Limits,
}

impl Filter {
    /// Shows these kinds alone: by name (`path_open`), by pattern (`sock_*`), or by category (`@net`). A kind that is off
    /// by default is on when it is chosen so. Called again, it adds to what was chosen.
    ///
    /// # Errors
    /// When no kind or category is meant by one of them.
    pub fn events(mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, FilterError> {
        self.selection.choose(words)?;
        Ok(self)
    }

    /// Doesn't show these kinds, whatever was chosen.
    ///
    /// # Errors
    /// When no kind or category is meant by one of them.
    pub fn exclude(mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, FilterError> {
        self.selection.exclude(words)?;
        Ok(self)
    }

    /// Shows kinds of this severity alone, and of higher ones.
    #[must_use]
    pub fn severity(mut self, at_least: Severity) -> Self {
        self.selection.at_least = Some(at_least);
        self
    }

    /// Shows events alone that name a file whose path matches. Called again, it adds another pattern.
    ///
    /// # Errors
    /// When the pattern makes no sense.
    pub fn path(mut self, pattern: &str) -> Result<Self, FilterError> {
        self.limits.paths.push(Pattern::of_path(pattern)?);
        Ok(self)
    }

    /// Shows events alone that happened in a span whose name matches, or in spans inside of it. Called again, it adds another
    /// pattern.
    ///
    /// # Errors
    /// When the pattern makes no sense.
    pub fn span(mut self, pattern: &str) -> Result<Self, FilterError> {
        self.limits.spans.push(Pattern::of_name(pattern)?);
        Ok(self)
    }

    /// Shows events of this process alone. Called again, it adds another process.
    #[must_use]
    pub fn pid(mut self, pid: Pid) -> Self {
        self.limits.pids.push(pid);
        self
    }

    /// Shows events of this thread alone. Called again, it adds another thread.
    #[must_use]
    pub fn tid(mut self, tid: Tid) -> Self {
        self.limits.tids.push(tid);
        self
    }

    /// The kinds that are chosen.
    #[must_use]
    pub fn kinds(&self) -> Kinds {
        self.selection.kinds()
    }

    /// Whether nobody asked for anything.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// This filter on a recording that was made with another one: of the kinds, only what is in the recording can be shown.
    #[must_use]
    pub fn within(self, recorded: &Self) -> Self {
        let selection = self.selection.within(&recorded.selection);
        Self { selection, ..self }
    }
}

/// The filter as it is asked for on the command line.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [self.selection.to_string(), self.limits.to_string()];
        f.write_str(words.join(" ").trim())
    }
}
