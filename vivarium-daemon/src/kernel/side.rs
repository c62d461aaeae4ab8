//! The kernel side as a whole: programs, maps, and who is observed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread;

use aya::maps::{Array, HashMap, MapData, MapError};
use vivarium_session::record::{Pid, Tid};
use vivarium_sys::SiteId;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{
    Adoption, Assigned, Assignment, Attach, LossKey, PROGRAMS, Program, SetFlags, SetId, TWICE, ThreadFlags,
    ThreadState, map,
};

use super::counts::Counters;
use super::facts::Facts;
use super::object::{Blank, ObjectError};
use super::pod::{AdoptionValue, LossKeyValue, SetValue, ThreadValue};
use super::program::Unavailable;
use super::programs::Programs;
use super::sessions::{Needs, Sessions};
use super::spans::{self, SpansUnavailable};
use super::sys::wait_for_programs;
use super::undisturbed::Undisturbed;
use super::uprobe::{FunctionPrograms, SpanPrograms};
use super::{Hold, KernelTypesError, Ring, RingSize, SessionId, SessionsError, Tally, TallyError};

#[cfg(test)]
mod tests;

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

/// Why a thread cannot be observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdoptError {
    /// The table is full.
    #[error("as many threads are observed as can be: end a session first")]
    Full,
    /// The kernel does not tell.
    #[error("cannot find out whether the thread is observed")]
    Map(#[from] MapError),
    /// It cannot have another session.
    #[error(transparent)]
    Sessions(#[from] SessionsError),
    /// It does not run what does it.
    #[error("the kernel does not change by whom a thread is observed")]
    Program(#[from] Unavailable),
}

impl KernelSide {
    /// Makes the maps, and loads and attaches what follows processes, whatever the backend. Sites and backends come later.
    /// The ring is for whoever reads the records.
    ///
    /// # Errors
    /// When the kernel or the user's privileges do not allow it.
    pub fn load(size: RingSize) -> Result<(Self, Ring), KernelSideError> {
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

    /// Begins a session.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn begin(&mut self, needs: Needs) -> Result<SessionId, SessionsError> {
        let session = self.expect(needs);
        self.admit(session)?;
        Ok(session)
    }

    /// A session that is about to begin.
    pub fn expect(&mut self, needs: Needs) -> SessionId {
        self.sessions.begin(needs)
    }

    /// Begins a session that was expected.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn admit(&mut self, session: SessionId) -> Result<(), SessionsError> {
        // Its own set is there from the beginning, so that whoever is adopted for it can be.
        match self.set_with(SetId::NONE, session) {
            Ok(_) => Ok(()),
            Err(error) => {
                self.end(session)?;
                self.forget(session);
                Err(error)
            }
        }
    }

    /// Ends a session. From now on nothing is recorded for it; what was is still on its way.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn end(&mut self, session: SessionId) -> Result<(), SessionsError> {
        self.sessions.end(session);
        Ok(self.tell_sets()?)
    }

    /// All that was recorded for a session that has ended was read.
    pub fn forget(&mut self, session: SessionId) {
        self.sessions.forget(session);
        // What nobody is told of any more only takes room.
        let is_told_to_nobody = |(key, _): &(LossKey, u64)| self.sessions.members(key.set).is_empty();
        let lost = self.losses().unwrap_or_default();
        self.losses.change(|losses| {
            for (key, _) in lost.into_iter().filter(is_told_to_nobody) {
                let _ = losses.remove(&LossKeyValue(key));
            }
        });
    }

    /// The sessions of the set that a record names.
    #[must_use]
    pub fn members(&self, set: SetId) -> &[SessionId] {
        self.sessions.members(set)
    }

    /// The set of those who are in this one, and the session.
    fn set_with(&mut self, set: SetId, session: SessionId) -> Result<SetId, SessionsError> {
        let with = self.sessions.with(set, session)?;
        self.tell_sets()?;
        Ok(with)
    }

    fn tell_sets(&mut self) -> Result<(), MapError> {
        let flags = if self.results { SetFlags::RESULTS } else { SetFlags::default() };
        let changes = self.sessions.take_changes();
        self.sets.change(|sets| {
            changes.into_iter().try_for_each(|(place, mut set)| {
                set.flags = set.flags.with(flags);
                sets.set(place, SetValue(set), 0)
            })
        })
    }

    /// From the next session on, results are told of events that come before them, or not.
    pub(super) fn tell_results(&mut self, tell: bool) {
        self.results = tell;
    }

    /// The next process that this thread makes belongs to the session from the first program on that it executes.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn adopt_next_child(&mut self, of: Tid, session: SessionId) -> Result<(), SessionsError> {
        let sessions = self.set_with(SetId::NONE, session)?;
        let adoption = AdoptionValue(Adoption { sessions });
        Ok(self.adoptions.change(|adoptions| adoptions.insert(of.0, adoption, 0))?)
    }

    /// The next process that this thread makes is nobody's.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn adopt_no_child(&mut self, of: Tid) -> Result<(), MapError> {
        absent_is_fine(self.adoptions.change(|adoptions| adoptions.remove(&of.0)))
    }

    /// A thread belongs to the session from now on, besides others; false where it did already. One that nobody observes yet
    /// has these flags.
    ///
    /// # Errors
    /// When the kernel does not take it, or has no room for it.
    pub fn adopt(
        &mut self,
        thread: Tid,
        process: Pid,
        session: SessionId,
        flags: ThreadFlags,
    ) -> Result<bool, AdoptError> {
        loop {
            let before = self.set_of(thread)?;
            if self.members(before.unwrap_or_default()).contains(&session) {
                return Ok(false);
            }
            let after = self.set_with(before.unwrap_or_default(), session)?;
            let assignment = Assignment {
                thread: thread.0.into(),
                process: process.0.into(),
                before: before.unwrap_or_default(),
                after,
                flags: flags.0.into(),
            };
            match self.programs.assign(&assignment)? {
                Assigned::Done => return Ok(true),
                // It has changed meanwhile, which it does once, or was made.
                Assigned::Changed => {}
                Assigned::Full => return Err(AdoptError::Full),
            }
        }
    }

    /// A thread belongs to the session no more.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn abandon(&mut self, thread: Tid, process: Pid, session: SessionId) -> Result<(), AdoptError> {
        while let Some(before) = self.set_of(thread)? {
            if !self.members(before).contains(&session) {
                break;
            }
            let after = self.sessions.without(before, session)?;
            self.tell_sets().map_err(SessionsError::Map)?;
            let assignment = Assignment {
                thread: thread.0.into(),
                process: process.0.into(),
                before,
                after,
                flags: ThreadFlags::default().0.into(),
            };
            if self.programs.assign(&assignment)? == Assigned::Done {
                if after == SetId::NONE {
                    self.release(thread).map_err(SessionsError::Map)?;
                }
                break;
            }
        }
        Ok(())
    }

    /// By whom a thread is observed, if it is.
    fn set_of(&self, thread: Tid) -> Result<Option<SetId>, MapError> {
        match self.threads.ask(|threads| threads.get(&thread.0, 0)) {
            Ok(ThreadValue(state)) => Ok(Some(state.sessions)),
            Err(MapError::KeyNotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a thread belongs to a session, as the initial namespace numbers it.
    #[must_use]
    pub fn observes(&self, thread: Tid) -> bool {
        self.threads.ask(|threads| threads.get(&thread.0, 0)).is_ok()
    }

    /// The thread is nobody's any more.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn release(&mut self, thread: Tid) -> Result<(), MapError> {
        absent_is_fine(self.threads.change(|threads| threads.remove(&thread.0)))
    }

    /// Lets go of the threads that have ended unseen, as they do where the kernel skips the program that hears of it.
    ///
    /// # Errors
    /// When the kernel does not tell, or does not take it.
    pub fn bury(&mut self, has_ended: impl Fn(Tid) -> bool) -> Result<(), MapError> {
        let mut threads = Vec::new();
        self.visit_threads(|thread, _| threads.push(thread))?;
        threads.into_iter().filter(|thread| has_ended(*thread)).try_for_each(|thread| self.release(thread))
    }

    /// The processes of the session that are running.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn processes(&self, session: SessionId) -> Result<BTreeSet<Pid>, MapError> {
        let mut processes = BTreeSet::new();
        self.visit_threads(|_, state| {
            if self.members(state.sessions).contains(&session) {
                processes.insert(Pid(state.process));
            }
        })?;
        Ok(processes)
    }

    /// Spans of these sites may have started unseen from now on.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn expect_stops(&mut self, sites: &[SiteId]) -> Result<(), MapError> {
        self.switched.change(|switched| sites.iter().try_for_each(|site| switched.insert(site.0, 1, 0)))
    }

    /// Nothing of these sites is attached to any more.
    pub fn forget_sites(&mut self, sites: &BTreeSet<SiteId>) {
        self.switched.change(|switched| {
            for site in sites {
                // Most were never switched off.
                let _ = switched.remove(&site.0);
            }
        });
    }

    /// From now on sites may be attached to twice, or not any more.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn allow_twice(&mut self, twice: bool) -> Result<(), MapError> {
        self.switched.change(|switched| match twice {
            true => switched.insert(TWICE, 1, 0),
            false => absent_is_fine(switched.remove(&TWICE)),
        })
    }

    /// The sites of which threads are in spans that they will be seen to leave.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn open_sites(&self) -> Result<BTreeSet<SiteId>, MapError> {
        let mut open = BTreeSet::new();
        self.visit_threads(|_, state| open.extend(state.leaves().iter().map(|frame| frame.site)))?;
        Ok(open)
    }

    /// The threads of a session that are in a span of which nothing has told that it started, and what is known of them. Only
    /// when the session has ended do they stay as they are.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn untold(&self, session: SessionId) -> Result<Vec<(Tid, ThreadState)>, MapError> {
        let mut untold = Vec::new();
        self.visit_threads(|thread, state| {
            if state.untold != 0 && self.members(state.sessions).contains(&session) {
                untold.push((thread, state));
            }
        })?;
        Ok(untold)
    }

    /// The processes of every session that are running.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn processes_by_session(&self) -> Result<BTreeMap<SessionId, BTreeSet<Pid>>, MapError> {
        let mut processes = BTreeMap::<_, BTreeSet<_>>::new();
        self.visit_threads(|_, state| {
            for session in self.members(state.sessions) {
                processes.entry(*session).or_default().insert(Pid(state.process));
            }
        })?;
        Ok(processes)
    }

    /// What was lost to each set of sessions up to now.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn losses(&self) -> Result<Vec<(LossKey, u64)>, MapError> {
        self.losses
            .ask(|losses| losses.iter().map(|loss| loss.map(|(LossKeyValue(key), count)| (key, count))).collect())
    }

    /// Looks at what is known of every thread that is observed.
    fn visit_threads(&self, mut visit: impl FnMut(Tid, ThreadState)) -> Result<(), MapError> {
        self.threads.ask(|threads| {
            threads.iter().try_for_each(|thread| {
                let (tid, ThreadValue(state)) = thread?;
                visit(Tid(tid), state);
                Ok(())
            })
        })
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
