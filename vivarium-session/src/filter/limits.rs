//! Which events of the wanted kinds are shown: the half of a filter that looks at each event.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Pattern;
use crate::record::value::{Address, Value};
use crate::record::{Event, Head, Pid, Tid};
use crate::session::SiteInfo;

/// Which events are shown. Each list that isn't empty must be met, by any of its entries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) paths: Vec<Pattern>,
    /// The spans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) spans: Vec<Pattern>,
    /// The processes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) pids: Vec<Pid>,
    /// The threads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tids: Vec<Tid>,
}

impl Limits {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it matters in which span something happened.
    #[must_use]
    pub fn ask_for_spans(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Whether it matters which file an event is about.
    #[must_use]
    pub fn ask_for_paths(&self) -> bool {
        !self.paths.is_empty()
    }

    /// Whether a thread is one of those.
    #[must_use]
    pub fn admit_thread(&self, head: &Head) -> bool {
        (self.pids.is_empty() || self.pids.contains(&head.pid))
            && (self.tids.is_empty() || self.tids.contains(&head.tid))
    }

    /// Whether an event is about one of the files.
    #[must_use]
    pub fn admit_paths(&self, event: &Event<'_>) -> bool {
        let matches = |path: &[u8]| self.paths.iter().any(|pattern| pattern.matches_path(path));
        self.paths.is_empty()
            || event.fields().any(|field| match field.value {
                Value::Text(text) if field.spec.kind == vivarium_sys::event::FieldType::Path => matches(text.bytes()),
                Value::Address(Address::UnixPath(path)) => matches(path.bytes()),
                _ => false,
            })
    }

    /// Whether a site is one of those, by its name or by its whole path in the program.
    #[must_use]
    pub fn name_site(&self, site: &SiteInfo) -> bool {
        let whole = [site.module.as_bytes(), b"::", site.name.as_bytes()].concat();
        let matches = |pattern: &Pattern| pattern.matches_name(site.name.as_bytes()) || pattern.matches_name(&whole);
        self.spans.iter().any(matches)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.paths.iter().map(|pattern| format!("--path {pattern}"));
        let spans = self.spans.iter().map(|pattern| format!("--span {pattern}"));
        let pids = self.pids.iter().map(|pid| format!("--pid {pid}"));
        let tids = self.tids.iter().map(|tid| format!("--tid {tid}"));
        let words: Vec<_> = paths.chain(spans).chain(pids).chain(tids).collect();
        f.write_str(&words.join(" "))
    }
}
