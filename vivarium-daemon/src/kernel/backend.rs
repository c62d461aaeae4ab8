//! Where events come from. What works here is found out by doing it.

mod choose;
mod fentry;
mod lsm;
mod syscalls;
mod trial;

use std::fmt;

use vivarium_sys::event::{Backend, EventKind};
use vivarium_sys::load::{Absence, Program, RESULTS, RINGS};

use super::programs::Programs;
use super::{KernelSide, Ring, Unavailable};

pub use choose::{Attempt, NoBackend};
pub use trial::TrialError;

/// The kind of event that a trial makes happen: every backend sees it, and everyone may do it.
const TRIED: EventKind = EventKind::PATH_OPEN;

/// How much of a backend is loaded. The kernel checks each program, which takes longer than anything else at the beginning,
/// and runs it for every process of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent<'k> {
    /// All of it, for whoever may come.
    Whole,
    /// What tells of these kinds of event.
    Kinds(&'k [EventKind]),
}

impl Extent<'_> {
    /// Whether a program is a part of it: those that tell of nothing serve the others.
    fn takes(self, program: &Program) -> bool {
        match self {
            Self::Whole => true,
            Self::Kinds(kinds) => {
                let is_told = |kind: &EventKind| *kind == TRIED || kinds.contains(kind);
                program.events.is_empty() || program.events.iter().any(is_told)
            }
        }
    }
}

/// A backend that works.
#[derive(Debug)]
pub struct RunningBackend {
    /// Which.
    pub backend: Backend,
    /// Its programs that this kernel does not take; what they alone tell of is missing.
    pub lost: Vec<LostProgram>,
}

/// A program of a working backend that isn't there.
#[derive(Debug)]
pub struct LostProgram {
    /// Which.
    pub program: &'static Program,
    /// Why.
    pub reason: Unavailable,
}

impl fmt::Display for LostProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.program.name == RESULTS {
            return write!(f, "the results of what is done are not known: {}", self.reason);
        }
        if RINGS.contains(&self.program.name) {
            return write!(f, "what is asked for through io_uring is not seen: {}", self.reason);
        }
        let kinds = self.program.events.iter().filter_map(|kind| kind.spec()).map(|row| row.name);
        write!(f, "{} is not seen: {}", kinds.collect::<Vec<_>>().join(", "), self.reason)
    }
}

/// Why a backend does not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The kernel does not take its programs.
    #[error("{}", refusal(*.backend, .reason))]
    Unavailable {
        /// Which backend.
        backend: Backend,
        /// Why.
        reason: Unavailable,
    },
    /// It takes them, and never runs them.
    #[error("the kernel takes its programs and never runs them")]
    Silent(Backend),
    /// It could not be tried.
    #[error("cannot try it")]
    Trial(#[from] TrialError),
}

impl BackendError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Unavailable { backend: Backend::Lsm, reason } => lsm::remedy(reason),
            Self::Unavailable { backend: Backend::Fentry, reason } => fentry::remedy(reason),
            Self::Unavailable { backend: Backend::Syscalls, reason } => syscalls::remedy(reason),
            Self::Silent(Backend::Lsm) => lsm::remedy_for_silence(),
            Self::Silent(_) | Self::Trial(_) => "report it, with the output of `vivarium doctor`".to_owned(),
        }
    }
}

/// How a backend is refused, in its own words.
fn refusal(backend: Backend, reason: &Unavailable) -> String {
    let programs = match backend {
        Backend::Lsm => "LSM programs",
        Backend::Fentry => "fentry programs",
        Backend::Syscalls => "tracepoint programs",
    };
    match reason {
        Unavailable::Refused { error, .. } => format!("the kernel refuses {programs} ({error})"),
        other => other.to_string(),
    }
}

impl KernelSide {
    /// Loads and attaches a backend, makes a known event happen, and sees whether it arrives in the ring, from which it
    /// takes everything until then.
    ///
    /// # Errors
    /// When it does not work here; nothing of it is left then.
    pub fn start(
        &mut self,
        backend: Backend,
        extent: Extent<'_>,
        ring: &mut Ring,
    ) -> Result<RunningBackend, BackendError> {
        let started = match self.attach_backend(backend, extent) {
            Ok(lost) => trial::run(self, ring, backend).map(|()| RunningBackend { backend, lost }),
            Err(reason) => Err(BackendError::Unavailable { backend, reason }),
        };
        if started.is_err() {
            self.stop(backend);
        }
        started
    }

    /// Detaches a backend.
    pub fn stop(&mut self, backend: Backend) {
        self.tell_results(false);
        self.programs().stop(Programs::of(backend));
    }

    /// Starts all that can be; fails where what is tried can't be, for the others aren't taken either then.
    fn attach_backend(&mut self, backend: Backend, extent: Extent<'_>) -> Result<Vec<LostProgram>, Unavailable> {
        let is_tried: fn(&Program) -> bool =
            |program| program.events.contains(&TRIED) && !RINGS.contains(&program.name);
        let mut lost = Vec::new();
        let programs = Programs::of(backend).filter(|program| extent.takes(program));
        let programs: Vec<_> = programs.collect();
        let mut loaded = self.programs().load(programs.iter().copied(), is_tried);
        for (program, started) in self.programs().attach(programs, &mut loaded) {
            match started {
                Ok(()) if program.name == RESULTS => self.tell_results(true),
                Ok(()) => {}
                // The others aren't taken either.
                Err(reason) if is_tried(program) => return Err(reason),
                // Its kinds are seen in another way.
                Err(Unavailable::Target(_)) if program.absence == Absence::Harmless => {}
                Err(reason) => lost.push(LostProgram { program, reason }),
            }
        }
        Ok(lost)
    }
}

#[cfg(test)]
mod tests;
