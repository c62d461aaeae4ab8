//! What a filter leaves of the tree besides events.

use vivarium_sys::event::EventKind;

use crate::filter::Filter;

/// What is shown of spans and processes: all, unless a filter asks for less.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trim {
    /// Whether processes are shown by the fork that made them.
    pub(super) forks: bool,
    /// Whether processes are shown by the exec that they began with.
    pub(super) execs: bool,
    /// Whether spans are shown in which nothing is.
    pub(super) quiet_spans: bool,
}

impl Trim {
    pub(super) fn of(filter: &Filter) -> Self {
        if filter.is_default() {
            return Self { forks: true, execs: true, quiet_spans: true };
        }
        let kinds = filter.kinds();
        Self {
            forks: kinds.contains(EventKind::PROC_FORK) && filter.limits.is_empty(),
            execs: kinds.contains(EventKind::PROC_EXEC) && filter.limits.is_empty(),
            quiet_spans: filter.limits.is_empty(),
        }
    }

    /// Whether a process is shown by an event of this kind.
    pub(super) fn shows(self, kind: EventKind) -> bool {
        match kind {
            EventKind::PROC_FORK => self.forks,
            _ => self.execs,
        }
    }
}
