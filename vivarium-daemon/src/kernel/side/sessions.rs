//! Which sessions there are, as the kernel side is told of them.

use aya::maps::MapError;
use vivarium_sys::load::{LossKey, SetFlags, SetId};

use super::KernelSide;
use crate::kernel::pod::{LossKeyValue, SetValue};
use crate::kernel::sessions::Needs;
use crate::kernel::{SessionId, SessionsError};

impl KernelSide {
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
    pub(super) fn set_with(&mut self, set: SetId, session: SessionId) -> Result<SetId, SessionsError> {
        let with = self.sessions.with(set, session)?;
        self.tell_sets()?;
        Ok(with)
    }

    pub(super) fn tell_sets(&mut self) -> Result<(), MapError> {
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
    pub(in crate::kernel) fn tell_results(&mut self, tell: bool) {
        self.results = tell;
    }

    /// What was lost to each set of sessions up to now.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn losses(&self) -> Result<Vec<(LossKey, u64)>, MapError> {
        self.losses
            .ask(|losses| losses.iter().map(|loss| loss.map(|(LossKeyValue(key), count)| (key, count))).collect())
    }
}
