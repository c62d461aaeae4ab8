//! The kernel side as a whole: programs and maps.

use std::sync::Arc;
use std::thread;

use aya::maps::{Array, HashMap, MapData, MapError};
use vivarium_session::record::Tid;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Attach, PROGRAMS, Program, map};

use super::counts::Counters;
use super::descriptors::{self, FewDescriptors};
use super::facts::Facts;
use super::object::{Blank, ObjectError};
use super::pod::{AdoptionValue, LossKeyValue, SetValue, ThreadValue};
use super::program::Unavailable;
use super::programs::Programs;
use super::sessions::Sessions;
use super::spans::{self, SpansUnavailable};
use super::sys::wait_for_programs;
use super::undisturbed::Undisturbed;
use super::uprobe::{FunctionPrograms, SpanPrograms};
use super::{Hold, KernelTypesError, Ring, RingSize, Tally, TallyError};

mod sessions;
mod switched;
#[cfg(test)]
mod tests;
mod threads;

pub use threads::AdoptError;

/// BPF programs in the kernel, and the maps through which one speaks with them.
///
/// Nothing of it has a name in any file system: when the process ends, however it does, all of it is gone.
pub struct KernelSide {
    programs: Programs,
    spans: Arc<Result<SpanPrograms, SpansUnavailable>>,
    threads: Undisturbed<HashMap<MapData, u32, ThreadValue>>,
    adoptions: Undisturbed<HashMap<MapData, u32, AdoptionValue>>,
    sets: Undisturbed<Array<MapData, SetValue>>,
    losses: Undisturbed<HashMap<MapData, LossKeyValue, u64>>,
    switched: Undisturbed<HashMap<MapData, u64, u32>>,
    counters: Counters,
    sessions: Sessions,
    /// Whether results are told of events that come before them.
    results: bool,
}

/// Why there is no kernel side.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelSideError {
    /// Only the privileged load BPF programs.
    #[error(
        "observing needs root, or the capabilities bpf and perfmon: run it with sudo (in a container, give the container \
         these capabilities)"
    )]
    NoPermission,
    /// The kernel's types are not known.
    #[error(transparent)]
    Types(#[from] KernelTypesError),
    /// There is no room for its descriptors.
    #[error(transparent)]
    Descriptors(#[from] FewDescriptors),
    /// The kernel is too old.
    #[error("the kernel has no BPF ring buffer: boot Linux 5.8 or newer")]
    NoRing,
    /// There is not enough memory for the ring.
    #[error("there is no memory for a ring of {0} bytes: ask for a smaller one with `--ring-size`")]
    NoMemory(u32),
    /// A map cannot be made or used.
    #[error("cannot use a BPF map")]
    Map(#[from] MapError),
    /// The object cannot be loaded.
    #[error("cannot load the BPF object")]
    Object(#[source] ObjectError),
    /// A program without which nothing works.
    #[error("cannot use the BPF program {name}")]
    Program {
        /// Which.
        name: &'static str,
        /// Why not.
        source: Unavailable,
    },
}

impl KernelSide {
    /// Makes the maps, and loads and attaches what follows processes, whatever the backend. Sites and backends come later.
    /// The ring is for whoever reads the records.
    ///
    /// # Errors
    /// When the kernel or the user's privileges do not allow it.
    pub fn load(size: RingSize) -> Result<(Self, Ring), KernelSideError> {
        descriptors::make_room()?;
        let (blank, facts) = thread::scope(|scope| {
            // Neither needs the other.
            let blank = thread::Builder::new().spawn_scoped(scope, || Blank::new(size));
            let facts = Facts::of_the_running_kernel();
            let blank = blank.ok().and_then(|maker| maker.join().ok());
            (blank.unwrap_or_else(|| Blank::new(size)), facts)
        });
        let facts = facts?;
        Self::over(blank.map_err(|error| KernelSideError::new(error, size))?, facts)
    }

    /// The same, on a kernel of which this is known.
    pub(super) fn over(blank: Blank, facts: Facts) -> Result<(Self, Ring), KernelSideError> {
        let sizes = blank.lanes();
        let (object, mut maps) = blank.fill(&facts.offsets, facts.reads).map_err(KernelSideError::Object)?;
        let mut take = |name| maps.remove(name).ok_or(MapError::ElementNotFound);
        let ring = Ring::new(take(map::RECORDS)?, [take(map::LANES)?, take(map::LANE_PAGES)?], sizes)?;
        let (threads, adoptions, sets) = (take(map::THREADS)?, take(map::ADOPT)?, take(map::SETS)?);
        let (losses, switched) = (take(map::LOSSES)?, take(map::SWITCHED)?);
        let counters = Counters::new(take(map::COUNTS)?, take(map::ODDITIES)?)?;
        let mut programs = Programs::new(object, maps, facts);
        let mut loaded = programs.load(Programs::essential().chain(spans::of_sites()), |_| false);
        let spans = spans::take_sites(&programs, &mut loaded);
        for (program, started) in programs.attach(Programs::essential(), &mut loaded) {
            started.map_err(|source| KernelSideError::Program { name: program.name, source })?;
        }
        let side = Self {
            programs,
            spans: Arc::new(spans),
            threads: Undisturbed::new(threads)?,
            adoptions: Undisturbed::new(adoptions)?,
            sets: Undisturbed::new(sets)?,
            losses: Undisturbed::new(losses)?,
            switched: Undisturbed::new(switched)?,
            counters,
            sessions: Sessions::default(),
            results: false,
        };
        Ok((side, ring))
    }

    /// The programs of probe sites, or why spans cannot be seen.
    ///
    /// # Errors
    /// Why not.
    pub fn spans(&self) -> Result<&SpanPrograms, &SpansUnavailable> {
        self.spans.as_ref().as_ref()
    }

    /// The same for whoever attaches them while this is busy.
    #[must_use]
    pub fn shared_spans(&self) -> Arc<Result<SpanPrograms, SpansUnavailable>> {
        Arc::clone(&self.spans)
    }

    /// Loads the programs of functions by which these kinds are seen. What isn't seen is told.
    pub fn functions(&self, kinds: &[EventKind]) -> (FunctionPrograms, Vec<(&'static str, SpansUnavailable)>) {
        let (mut functions, mut lost) = (FunctionPrograms::default(), Vec::new());
        let is_wanted = |row: &&Program| row.events.iter().any(|kind| kinds.contains(kind));
        let rows = || PROGRAMS.iter().filter(|row| matches!(row.attach, Attach::Functions(..))).filter(is_wanted);
        let mut loaded = self.programs.load(rows(), |_| false);
        for row in rows() {
            match spans::take(&self.programs, &mut loaded, row.name) {
                Ok(program) => functions.add(row, program),
                Err(reason) => lost.push((row.events[0].spec().map_or("", |row| row.name), reason)),
            }
        }
        (functions, lost)
    }

    /// Observes nothing any more, and gives what has to be dropped for that, in any order. Of what was counted nothing changes.
    pub fn let_go(&mut self) -> Vec<Hold> {
        self.programs.let_go()
    }

    /// The programs of the backends.
    pub(super) fn programs(&mut self) -> &mut Programs {
        &mut self.programs
    }

    /// What has been counted up to now.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn tally(&self) -> Result<Tally, TallyError> {
        self.counters.read(&self.programs)
    }

    /// The thread that calls this, as the initial namespace numbers it.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn this_thread(&self) -> Result<Tid, Unavailable> {
        self.programs.whoami().map(Tid)
    }

    /// Waits until what the programs are about at this moment is done and counted.
    pub fn settle(&self) {
        wait_for_programs();
    }
}

fn absent_is_fine(removed: Result<(), MapError>) -> Result<(), MapError> {
    match removed {
        Err(MapError::SyscallError(refused)) if refused.io_error.raw_os_error() == Some(libc::ENOENT) => Ok(()),
        removed => removed,
    }
}

impl KernelSideError {
    fn new(error: ObjectError, ring: RingSize) -> Self {
        let ObjectError::Map(MapError::CreateError { name, io_error }) = &error else {
            return Self::Object(error);
        };
        match (io_error.raw_os_error(), name.as_str()) {
            (Some(libc::EPERM | libc::EACCES), _) => Self::NoPermission,
            (Some(libc::EINVAL), map::RECORDS) => Self::NoRing,
            (Some(libc::ENOMEM), map::RECORDS) => Self::NoMemory(ring.bytes()),
            _ => Self::Object(error),
        }
    }
}
