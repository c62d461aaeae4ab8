//! How programs are attached to places in files here.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::sys::Purpose;
use super::tracefs::{NoTracefs, Tracefs};
use super::uprobe::{EventProgram, MultiProgram, UprobeProgram};

/// How programs are attached to places in files here.
pub(super) enum Places {
    /// To many places at once.
    Many,
    /// To trace events that have places.
    Events(Arc<Tracefs>),
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
