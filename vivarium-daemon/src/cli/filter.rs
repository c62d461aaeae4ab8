//! What of a session is shown, and how briefly: the same words for every command.

use vivarium_session::filter::{Filter, FilterError};
use vivarium_session::record::{Pid, Tid};
use vivarium_session::session::Brevity;
use vivarium_sys::event::Severity;

use super::Failure;
use crate::exit::Exit;

/// What of a session is shown, and how briefly.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "What is shown")]
pub(super) struct FilterArgs {
    /// Show these kinds of event alone: path_open,sock_*,@net and the like [default: those that are on by default].
    #[arg(short = 'e', long = "events", value_name = "KINDS")]
    events: Vec<String>,
    /// Show no events of these kinds.
    #[arg(short = 'E', long = "exclude", value_name = "KINDS")]
    exclude: Vec<String>,
    /// Show kinds of this severity and higher ones alone: info, medium or high.
    #[arg(long, value_parser = severity)]
    severity: Option<Severity>,
    /// Show events alone that name such a file: '/etc/**', '*.so'.
    #[arg(long = "path", value_name = "PATTERN")]
    paths: Vec<String>,
    /// Show events alone that happened in such a span, or deeper: 'load_*'.
    #[arg(long = "span", value_name = "PATTERN")]
    spans: Vec<String>,
    /// Show events of this process alone.
    #[arg(long = "pid", value_name = "PID")]
    pids: Vec<u32>,
    /// Show events of this thread alone.
    #[arg(long = "tid", value_name = "TID")]
    tids: Vec<u32>,
    /// Show an event that repeats itself in a span once, with a count, when the span is over.
    #[arg(long)]
    dedup: bool,
    /// Show so many spans inside each other at most; what happens deeper is shown in the one around.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    max_depth: Option<u16>,
}

impl Failure for FilterError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl FilterArgs {
    /// The filter.
    pub(super) fn filter(&self) -> Result<Filter, FilterError> {
        let mut filter = Filter::default();
        if !self.events.is_empty() {
            filter = filter.events(&self.events)?;
        }
        if let Some(severity) = self.severity {
            filter = filter.severity(severity);
        }
        filter = filter.exclude(&self.exclude)?;
        filter = self.paths.iter().try_fold(filter, |filter, pattern| filter.path(pattern))?;
        filter = self.spans.iter().try_fold(filter, |filter, pattern| filter.span(pattern))?;
        filter = self.pids.iter().fold(filter, |filter, pid| filter.pid(Pid(*pid)));
        Ok(self.tids.iter().fold(filter, |filter, tid| filter.tid(Tid(*tid))))
    }

    /// How briefly.
    pub(super) fn brevity(&self) -> Brevity {
        Brevity { dedup: self.dedup, max_depth: self.max_depth }
    }
}

/// The severity of this name.
fn severity(name: &str) -> Result<Severity, String> {
    const ALL: [Severity; 3] = [Severity::Info, Severity::Medium, Severity::High];
    let known = || ALL.map(Severity::name).join(", ");
    ALL.into_iter().find(|severity| severity.name() == name).ok_or_else(|| format!("it is one of {}", known()))
}
