//! What the kernel side knows of an observed thread.

use super::SetId;
use crate::wire::{MAX_DEPTH, UNKNOWN_NUMBER};
use crate::{InstanceId, SiteId};

/// A span that a thread is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Frame {
    /// The site.
    pub site: SiteId,
    /// The activation of it.
    pub instance: InstanceId,
}

impl Frame {
    /// Outside of every span.
    pub const NONE: Self = Self { site: SiteId::DYNAMIC, instance: InstanceId::NONE };
}

flags! {
    /// What is special about a thread.
    ThreadFlags: u32 {
        /// Adopted, and silent until it executes the program to observe.
        PENDING = 1;
        /// It was running already when it came to be observed.
        ENTERED_BEFORE = 2;
    }
}

impl ThreadFlags {
    /// What is left without `other`.
    #[must_use]
    #[inline(always)]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// An observed thread, from the moment when it is made until it exits.
///
/// The loader writes one for each thread of a process that is running already; all others come about in the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct ThreadState {
    /// The sessions that observe it.
    pub sessions: SetId,
    /// Its process, in the initial namespace.
    pub process: u32,
    /// What is special.
    pub flags: ThreadFlags,
    /// The real, effective and saved user, and that for files; [`UNKNOWN_USER`](Self::UNKNOWN_USER) until they are learnt.
    pub users: [u32; 4],
    /// The real, effective and saved group, and that for files, likewise.
    pub groups: [u32; 4],
    /// How many of `frames` are in use.
    pub depth: u32,
    /// How many of those were there when the thread came about.
    pub inherited: u32,
    /// How many spans it is in beyond those.
    pub overflow: u32,
    /// Whether events were told of whose results follow: not 0.
    pub awaits: u32,
    /// How many of `frames` never stop here: 1 where it began inside of a span that is left elsewhere.
    pub rooted: u32,
    /// The probe that it hit last.
    pub last_probe: u32,
    /// The activation whose probe that was.
    pub last: InstanceId,
    /// When the innermost span started, as long as that is not told; 0 if it is.
    pub untold: u64,
    /// The spans, the innermost last.
    pub frames: [Frame; MAX_DEPTH],
}

impl ThreadState {
    /// A user that is not known; the kernel has no user of this number.
    pub const UNKNOWN_USER: u32 = u32::MAX;

    /// A thread outside of every span.
    #[must_use]
    pub const fn new(process: u32, sessions: SetId, flags: ThreadFlags) -> Self {
        Self {
            sessions,
            process,
            flags,
            users: [Self::UNKNOWN_USER; 4],
            groups: [Self::UNKNOWN_USER; 4],
            depth: 0,
            inherited: 0,
            overflow: 0,
            awaits: 0,
            rooted: 0,
            last_probe: 0,
            last: InstanceId::NONE,
            untold: 0,
            frames: [Frame::NONE; MAX_DEPTH],
        }
    }

    /// A user as a number of a record.
    #[must_use]
    #[inline(always)]
    pub const fn user_number(user: u32) -> u64 {
        if user == Self::UNKNOWN_USER { UNKNOWN_NUMBER } else { user as u64 }
    }
}

/// The next process that a thread makes belongs to these sessions from its first program on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Adoption {
    /// The sessions.
    pub sessions: SetId,
}
