//! One activation of a site, as it is kept.

use std::fmt;

use vivarium_session::record::{Comm, Pid};
use vivarium_session::session::SiteInfo;
use vivarium_session::session::step::SpanId;

/// One activation of a marked function or a span.
#[derive(Clone)]
pub struct Span {
    pub(crate) id: SpanId,
    /// The process that entered it.
    pub(crate) pid: Pid,
    pub(crate) comm: Option<Comm>,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

impl Span {
    /// A span of this site, unless nothing is known of that.
    pub(super) fn of(id: SpanId, pid: Pid, comm: Option<Comm>, site: Option<&SiteInfo>) -> Self {
        let text = |text: Option<&dyn fmt::Display>| text.map(ToString::to_string).unwrap_or_default();
        Self {
            id,
            pid,
            comm,
            name: site.map_or_else(|| "(a span of which nothing is known)".to_owned(), |site| site.name.to_string()),
            module: text(site.map(|site| &site.module as _)),
            file: text(site.map(|site| &site.file as _)),
            line: site.map_or(0, |site| site.line),
        }
    }

    /// What it is called: the name of the function, or the one that it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of its module.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The source file that it stands in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line in that file.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// The name and the place in the source.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.name, self.file, self.line)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({self})")
    }
}
