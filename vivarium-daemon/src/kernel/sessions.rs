//! Which sessions there are, and what they want.

use aya::maps::MapError;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Wanted;

/// A session, as the kernel side knows it: one bit of many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct SessionBit(u8);

/// Why the kernel side cannot have it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionsError {
    /// All bits are taken.
    #[error("there are {} sessions already: end one of them first", u64::BITS)]
    TooMany,
    /// The kernel does not take it.
    #[error("cannot tell the kernel side of a session")]
    Map(#[from] MapError),
}

impl SessionBit {
    /// The bit, where it stands among the others.
    #[must_use]
    pub const fn mask(self) -> u64 {
        1 << self.0
    }
}

/// The sessions that are running.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    running: Vec<(SessionBit, Vec<EventKind>)>,
}

impl Sessions {
    /// Begins a session that wants events of these kinds.
    pub(super) fn begin(&mut self, kinds: impl IntoIterator<Item = EventKind>) -> Result<SessionBit, SessionsError> {
        let taken = self.running.iter().fold(0, |mask, (bit, _)| mask | bit.mask());
        let free = (0..u64::BITS as u8).map(SessionBit).find(|bit| taken & bit.mask() == 0);
        let bit = free.ok_or(SessionsError::TooMany)?;
        self.running.push((bit, kinds.into_iter().collect()));
        Ok(bit)
    }

    /// Ends it.
    pub(super) fn end(&mut self, session: SessionBit) {
        self.running.retain(|(bit, _)| *bit != session);
    }

    /// What all of them want.
    pub(super) fn wanted(&self) -> Wanted {
        let kinds = self.running.iter().flat_map(|(_, kinds)| kinds);
        let mut wanted = kinds.fold(Wanted::default(), |wanted, kind| wanted.with(*kind));
        wanted.sessions = self.running.iter().fold(0, |mask, (bit, _)| mask | bit.mask());
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_a_bit_of_its_own_until_it_ends() {
        let mut sessions = Sessions::default();
        let bits: Vec<_> = (0..64).map(|_| sessions.begin([]).unwrap()).collect();
        assert_eq!(sessions.wanted().sessions, u64::MAX);
        assert!(matches!(sessions.begin([]), Err(SessionsError::TooMany)));
        sessions.end(bits[40]);
        assert_eq!(sessions.begin([]).unwrap(), bits[40]);
    }

    #[test]
    fn what_any_session_wants_is_wanted() {
        let mut sessions = Sessions::default();
        let one = sessions.begin([EventKind::PATH_OPEN, EventKind::TASK_KILL]).unwrap();
        sessions.begin([EventKind::PATH_OPEN]).unwrap();
        assert!(sessions.wanted().wants(EventKind::TASK_KILL));
        sessions.end(one);
        assert!(sessions.wanted().wants(EventKind::PATH_OPEN));
        assert!(!sessions.wanted().wants(EventKind::TASK_KILL));
    }
}
