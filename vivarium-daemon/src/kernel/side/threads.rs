//! Which threads are observed, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use aya::maps::MapError;
use vivarium_session::record::{Pid, Tid};
use vivarium_sys::load::{Adoption, Assigned, Assignment, SetId, ThreadFlags, ThreadState};

use super::{KernelSide, absent_is_fine};
use crate::kernel::pod::{AdoptionValue, ThreadValue};
use crate::kernel::{SessionId, SessionsError, Unavailable};

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

    /// Looks at what is known of every thread that is observed.
    pub(super) fn visit_threads(&self, mut visit: impl FnMut(Tid, ThreadState)) -> Result<(), MapError> {
        self.threads.ask(|threads| {
            threads.iter().try_for_each(|thread| {
                let (tid, ThreadValue(state)) = thread?;
                visit(Tid(tid), state);
                Ok(())
            })
        })
    }
}
