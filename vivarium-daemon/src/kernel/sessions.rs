//! Which sessions there are, what they want, and the sets in which they observe threads together.

use std::collections::BTreeMap;

use aya::maps::MapError;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{SETS, SessionSet, SetFlags, SetId};

/// A session, as the kernel side knows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// Its number: they are numbered as they begin.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What a session wants of the kernel side.
#[derive(Clone, Debug)]
pub struct Needs {
    /// The kinds of event.
    pub kinds: Vec<EventKind>,
    /// The user whose processes alone it may see; none where it may see everyone's.
    pub owner: Option<u32>,
    /// Whether it follows the processes that are made.
    pub children: bool,
    /// When it is to be told that a span has started.
    pub starts: Starts,
}

/// When it is told that a span has started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Starts {
    /// At once.
    #[default]
    AtOnce,
    /// With what follows: the first thing that happens in it, or its stop. That takes one record less where nothing does.
    WithWhatFollows,
}

/// Why the kernel side cannot have it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionsError {
    /// All places for sets are taken.
    #[error("there are {SETS} combinations of sessions already: end some of them first")]
    TooMany,
    /// The kernel does not take it.
    #[error("cannot tell the kernel side of a session")]
    Map(#[from] MapError),
}

/// The sessions that are running.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    running: BTreeMap<SessionId, Needs>,
    sets: BTreeMap<SetId, Members>,
    /// How many sets were in each place before.
    before: Vec<u64>,
    begun: u64,
    /// What the kernel does not know yet.
    changed: Vec<SetId>,
}

/// The sessions of a set.
#[derive(Clone, Debug)]
struct Members {
    /// In their order.
    sessions: Vec<SessionId>,
    privileged: SetId,
    heirs: SetId,
}

impl Needs {
    /// These kinds of event, of all processes and what they make.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = EventKind>) -> Self {
        Self { kinds: kinds.into_iter().collect(), owner: None, children: true, starts: Starts::default() }
    }
}

impl Sessions {
    /// Begins a session.
    pub(super) fn begin(&mut self, needs: Needs) -> SessionId {
        self.begun += 1;
        let session = SessionId(self.begun);
        self.running.insert(session, needs);
        session
    }

    /// Ends it. It is still told of as a member of its sets, until it is forgotten.
    pub(super) fn end(&mut self, session: SessionId) {
        self.running.remove(&session);
        let sets = self.sets.iter().filter(|(_, members)| members.sessions.contains(&session));
        self.changed.extend(sets.map(|(id, _)| *id));
    }

    /// Nothing of it is on its way any more.
    pub(super) fn forget(&mut self, session: SessionId) {
        self.sets.retain(|_, members| {
            members.sessions.retain(|member| *member != session);
            !members.sessions.is_empty()
        });
    }

    /// The set of those who are in this one, and the session.
    pub(super) fn with(&mut self, set: SetId, session: SessionId) -> Result<SetId, SessionsError> {
        let owner = self.owner(session);
        let mut sessions = self.members(set).to_vec();
        // Who may not see the same processes is not in one set.
        sessions.retain(|member| {
            self.running.contains_key(member) && (owner.is_none() || [None, owner].contains(&self.owner(*member)))
        });
        sessions.push(session);
        sessions.sort_unstable();
        sessions.dedup();
        self.intern(sessions)
    }

    /// The set of those who are in this one, but the session.
    pub(super) fn without(&mut self, set: SetId, session: SessionId) -> Result<SetId, SessionsError> {
        let mut sessions = self.members(set).to_vec();
        sessions.retain(|member| *member != session && self.running.contains_key(member));
        self.intern(sessions)
    }

    /// The set of these.
    fn intern(&mut self, sessions: Vec<SessionId>) -> Result<SetId, SessionsError> {
        if sessions.is_empty() {
            return Ok(SetId::NONE);
        }
        if let Some((id, _)) = self.sets.iter().find(|(_, members)| members.sessions == sessions) {
            return Ok(*id);
        }
        let id = self.place()?;
        let of = |keep: &dyn Fn(&Needs) -> bool| -> Vec<SessionId> {
            sessions.iter().copied().filter(|session| self.running.get(session).is_some_and(keep)).collect()
        };
        let (privileged, heirs) = (of(&|needs| needs.owner.is_none()), of(&|needs| needs.children));
        let members = Members { sessions, privileged: SetId::NONE, heirs: SetId::NONE };
        self.sets.insert(id, members);
        let (privileged, heirs) = (self.intern(privileged)?, self.intern(heirs)?);
        if let Some(members) = self.sets.get_mut(&id) {
            (members.privileged, members.heirs) = (privileged, heirs);
        }
        self.changed.push(id);
        Ok(id)
    }

    /// A place that no set is in.
    fn place(&mut self) -> Result<SetId, SessionsError> {
        let mut taken = vec![false; SETS as usize];
        self.sets.keys().for_each(|id| taken[id.index() as usize] = true);
        let index = (0..SETS).find(|index| !taken[*index as usize]).ok_or(SessionsError::TooMany)?;
        self.before.resize(SETS as usize, 0);
        let before = &mut self.before[index as usize];
        *before += 1;
        Ok(SetId::new(index, *before))
    }

    fn owner(&self, session: SessionId) -> Option<u32> {
        self.running.get(&session).and_then(|needs| needs.owner)
    }

    /// Those who are in a set, and those who were when they ended and are not forgotten.
    pub(super) fn members(&self, set: SetId) -> &[SessionId] {
        self.sets.get(&set).map_or(&[], |members| &members.sessions)
    }

    /// What the kernel does not know yet: the places of sets, and what is there now.
    pub(super) fn take_changes(&mut self) -> Vec<(u32, SessionSet)> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        changed.into_iter().map(|id| (id.index(), self.describe(id))).collect()
    }

    fn describe(&self, id: SetId) -> SessionSet {
        let members = self.sets.get(&id);
        let needs: Vec<_> = members.iter().flat_map(|members| &members.sessions).collect();
        let needs: Vec<_> = needs.into_iter().filter_map(|session| self.running.get(session)).collect();
        let (Some(members), false) = (members, needs.is_empty()) else { return SessionSet::FREE };
        let kinds = needs.iter().flat_map(|needs| &needs.kinds);
        let mut set = kinds.fold(SessionSet::new(id), |set, kind| set.with(*kind));
        (set.privileged, set.heirs) = (members.privileged, members.heirs);
        if needs.iter().all(|needs| needs.starts == Starts::WithWhatFollows) {
            set.flags = set.flags.with(SetFlags::WHOLE_SPANS);
        }
        set.owner = needs.iter().find_map(|needs| needs.owner).unwrap_or(SessionSet::ANYONE);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: u32 = 1000;

    fn needs(kinds: &[EventKind]) -> Needs {
        Needs::new(kinds.iter().copied())
    }

    fn of_user() -> Needs {
        Needs { owner: Some(USER), ..needs(&[]) }
    }

    #[test]
    fn any_number_of_sessions_observes_one_process() {
        let mut sessions = Sessions::default();
        let mut set = SetId::NONE;
        let all: Vec<_> = (0..200).map(|_| sessions.begin(needs(&[]))).collect();
        for session in &all {
            set = sessions.with(set, *session).unwrap();
        }
        assert_eq!(sessions.members(set), all);
    }

    #[test]
    fn those_who_observe_the_same_are_one_set() {
        let mut sessions = Sessions::default();
        let (one, other) = (sessions.begin(needs(&[])), sessions.begin(needs(&[])));
        let (alone, first) = (sessions.with(SetId::NONE, one).unwrap(), sessions.with(SetId::NONE, other).unwrap());
        let both = sessions.with(alone, other).unwrap();
        assert_eq!(sessions.with(first, one).unwrap(), both);
        assert_eq!(sessions.with(both, one).unwrap(), both);
    }

    #[test]
    fn what_any_session_of_a_set_wants_is_wanted_until_that_ends() {
        let mut sessions = Sessions::default();
        let one = sessions.begin(needs(&[EventKind::PATH_OPEN, EventKind::TASK_KILL]));
        let other = sessions.begin(needs(&[EventKind::PATH_OPEN]));
        let set = sessions.with(SetId::NONE, one).unwrap();
        let set = sessions.with(set, other).unwrap();
        assert!(sessions.describe(set).wants(EventKind::TASK_KILL));
        sessions.take_changes();
        sessions.end(one);
        assert!(sessions.take_changes().contains(&(set.index(), sessions.describe(set))));
        assert!(sessions.describe(set).wants(EventKind::PATH_OPEN));
        assert!(!sessions.describe(set).wants(EventKind::TASK_KILL));
        assert_eq!(sessions.members(set), [one, other], "what it sent is still on its way");
        sessions.forget(one);
        assert_eq!(sessions.members(set), [other]);
    }

    #[test]
    fn who_wants_to_be_told_of_starts_at_once_is() {
        let mut sessions = Sessions::default();
        let of = |starts| Needs { starts, ..needs(&[]) };
        let (one, other) = (sessions.begin(of(Starts::WithWhatFollows)), sessions.begin(of(Starts::AtOnce)));
        let alone = sessions.with(SetId::NONE, one).unwrap();
        let both = sessions.with(alone, other).unwrap();
        let is_held_back = |set| sessions.describe(set).flags.contains(SetFlags::WHOLE_SPANS);
        assert!(is_held_back(alone));
        assert!(!is_held_back(both));
    }

    #[test]
    fn a_set_without_sessions_leaves_its_place_and_its_id_never_comes_back() {
        let mut sessions = Sessions::default();
        let session = sessions.begin(needs(&[]));
        let set = sessions.with(SetId::NONE, session).unwrap();
        sessions.end(session);
        assert_eq!(sessions.describe(set), SessionSet::FREE);
        sessions.forget(session);
        let next = sessions.begin(needs(&[]));
        let next = sessions.with(SetId::NONE, next).unwrap();
        assert_eq!(next.index(), set.index());
        assert_ne!(next, set);
    }

    #[test]
    fn only_the_privileged_follow_a_process_to_another_user() {
        let mut sessions = Sessions::default();
        let (root, user) = (sessions.begin(needs(&[])), sessions.begin(of_user()));
        let set = sessions.with(SetId::NONE, root).unwrap();
        let set = sessions.with(set, user).unwrap();
        let described = sessions.describe(set);
        assert_eq!(described.owner, USER);
        assert_eq!(sessions.members(described.privileged), [root]);
        assert!(!described.may_see(0));
        assert!(sessions.describe(described.privileged).may_see(0));
    }

    #[test]
    fn users_who_may_not_see_each_other_are_in_no_set_together() {
        let mut sessions = Sessions::default();
        let (user, other) = (sessions.begin(of_user()), sessions.begin(Needs { owner: Some(1001), ..needs(&[]) }));
        let set = sessions.with(SetId::NONE, user).unwrap();
        let set = sessions.with(set, other).unwrap();
        assert_eq!(sessions.members(set), [other]);
    }

    #[test]
    fn who_does_not_follow_children_has_no_heirs() {
        let mut sessions = Sessions::default();
        let (one, all) = (sessions.begin(Needs { children: false, ..needs(&[]) }), sessions.begin(needs(&[])));
        let alone = sessions.with(SetId::NONE, one).unwrap();
        assert_eq!(sessions.describe(alone).heirs, SetId::NONE);
        let both = sessions.with(alone, all).unwrap();
        assert_eq!(sessions.members(sessions.describe(both).heirs), [all]);
    }
}
