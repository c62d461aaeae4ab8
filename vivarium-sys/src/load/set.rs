//! Sets of sessions: who observes a thread.
//!
//! A thread, and each record of it, names one set by its id, so that any number of sessions fits. What the sessions of a set
//! want together stands in [`SETS`](super::map::SETS); who they are only userspace knows. When a session ends, the sets that it
//! is in go on without it; when one begins on threads that are observed already, they are moved to a larger set.

use crate::event::EventKind;

/// How many sets there are at most at one time: a power of two.
pub const SETS: u32 = 4096;
const _: () = assert!(SETS.is_power_of_two());

/// A set of sessions. An id is never used again: a thread that still names a set that is gone is not observed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
#[repr(transparent)]
pub struct SetId(pub u64);

impl SetId {
    /// No session at all.
    pub const NONE: Self = Self(0);

    /// The set in this place, which so many were in before.
    ///
    /// ```
    /// use vivarium_sys::load::SetId;
    /// assert_eq!(SetId::new(7, 3).index(), 7);
    /// assert_ne!(SetId::new(7, 3), SetId::new(7, 4));
    /// assert_ne!(SetId::new(0, 0), SetId::NONE);
    /// ```
    #[must_use]
    pub const fn new(index: u32, before: u64) -> Self {
        Self((before + 1) * SETS as u64 + (index & (SETS - 1)) as u64)
    }

    /// Its place.
    #[must_use]
    #[inline(always)]
    pub const fn index(self) -> u32 {
        self.0 as u32 & (SETS - 1)
    }
}

/// What the sessions of a set want together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct SessionSet {
    /// The set; [`SetId::NONE`] in a place that is free.
    pub id: SetId,
    /// A bit for each kind of event that any of them wants.
    kinds: [u64; EventKind::LIMIT as usize / 64],
    /// Those of them that may see what other users do.
    pub privileged: SetId,
    /// Those of them that follow the processes that are made.
    pub heirs: SetId,
    /// The user whose processes they may see, [`ANYONE`](Self::ANYONE) where they may see all.
    pub owner: u32,
    /// How they are told.
    pub flags: SetFlags,
}

flags! {
    /// How the sessions of a set are told of what happens.
    SetFlags: u32 {
        /// Results are told of events that come before them.
        RESULTS = 1;
        /// That a span has started is told with what follows: with the first thing that happens in it, or with its stop.
        WHOLE_SPANS = 2;
    }
}

impl SessionSet {
    /// The owner of a set whose sessions may see the processes of all users.
    pub const ANYONE: u32 = u32::MAX;
    /// No set.
    pub const FREE: Self = Self::new(SetId::NONE);

    /// A set that wants nothing yet and may see everyone.
    #[must_use]
    pub const fn new(id: SetId) -> Self {
        Self {
            id,
            kinds: [0; EventKind::LIMIT as usize / 64],
            privileged: id,
            heirs: id,
            owner: Self::ANYONE,
            flags: SetFlags::NONE,
        }
    }

    /// The same, and this kind too.
    ///
    /// ```
    /// use vivarium_sys::event::EventKind;
    /// use vivarium_sys::load::SessionSet;
    /// let set = SessionSet::FREE.with(EventKind::PATH_OPEN);
    /// assert!(set.wants(EventKind::PATH_OPEN));
    /// assert!(!set.wants(EventKind::TASK_KILL));
    /// assert!(set.wants(EventKind::PROC_EXEC), "by the lifecycle of processes all sessions follow them");
    /// ```
    #[must_use]
    pub const fn with(mut self, kind: EventKind) -> Self {
        if kind.0 < EventKind::LIMIT {
            self.kinds[kind.0 as usize / 64] |= 1 << (kind.0 % 64);
        }
        self
    }

    /// Whether any session of it wants events of this kind.
    #[must_use]
    #[inline(always)]
    pub const fn wants(&self, kind: EventKind) -> bool {
        matches!(kind, EventKind::PROC_FORK | EventKind::PROC_EXEC | EventKind::PROC_EXIT)
            || kind.0 < EventKind::LIMIT && self.kinds[kind.0 as usize / 64] & (1 << (kind.0 % 64)) != 0
    }

    /// Whether all of its sessions may see what this user does.
    #[must_use]
    #[inline(always)]
    pub const fn may_see(&self, user: u32) -> bool {
        self.owner == Self::ANYONE || self.owner == user
    }
}

/// What is lost to a set: the key of [`LOSSES`](super::map::LOSSES).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(C)]
pub struct LossKey {
    /// To which.
    pub set: SetId,
    /// What: a [`counter_index`](crate::wire::counter_index), or an [`Oddity`](super::Oddity) after [`ODDITY`](Self::ODDITY).
    pub what: u64,
}

impl LossKey {
    /// What is added to the number of an oddity.
    pub const ODDITY: u64 = crate::wire::COUNTERS as u64;
}

/// What `assign` is told: a thread is observed by another set from now on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Assignment {
    /// The thread, in the initial namespace.
    pub thread: u64,
    /// Its process.
    pub process: u64,
    /// By which it is observed until now.
    pub before: SetId,
    /// By which from now on.
    pub after: SetId,
    /// What is special about a thread that was not observed.
    pub flags: u64,
}

/// Defines [`Assigned`], so that the numbers stand in one place.
macro_rules! answers {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal;)+) => {
        /// What `assign` answers.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u32)]
        pub enum Assigned {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl Assigned {
            /// The answer with this number.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

answers! {
    /// It is.
    Done = 1;
    /// It was observed by another set than was thought.
    Changed = 2;
    /// There is no room for another thread.
    Full = 3;
}
