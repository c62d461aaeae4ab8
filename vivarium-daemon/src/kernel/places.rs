//! How programs are attached to places in files here.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::sys::{Purpose, open_trace_event};
use super::tracefs::{NoTracefs, Tracefs};
use super::uprobe::{EventProgram, MultiProgram, UprobeProgram};

/// How programs are attached to places in files here.
pub(super) enum Places {
    /// To many places at once.
    Many,
    /// To trace events that have places.
    Events(Arc<Tracefs>),
}

/// Whether this thread could attach to places now: with trace events, the kernel may want more of those who open them.
pub(crate) fn may_attach_to_places() -> bool {
    match Places::find() {
        Ok(Places::Events(tracefs)) => {
            tracefs.event_number("sched", "sched_process_exit").and_then(open_trace_event).is_ok()
        }
        // More power would be no help.
        Ok(Places::Many) | Err(NoTracefs) => true,
    }
}

impl Places {
    /// Finds out what this kernel knows.
    pub(super) fn find() -> Result<Self, NoTracefs> {
        if MultiProgram::are_known() {
            return Ok(Self::Many);
        }
        let tracefs = Tracefs::find()?;
        tracefs.remove_stale();
        Ok(Self::Events(Arc::new(tracefs)))
    }

    /// What programs are loaded for.
    pub(super) fn purpose(&self) -> Purpose {
        match self {
            Self::Many => Purpose::Places,
            Self::Events(_) => Purpose::PlacesOfEvent,
        }
    }

    /// A program that was loaded for it.
    pub(super) fn program(&self, loaded: OwnedFd) -> UprobeProgram {
        match self {
            Self::Many => UprobeProgram::Multi(MultiProgram::new(loaded)),
            Self::Events(tracefs) => UprobeProgram::Event(EventProgram::new(loaded, Arc::clone(tracefs))),
        }
    }
}
