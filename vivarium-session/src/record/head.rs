//! What every record says: when, who, and in which span.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vivarium_sys::wire::{COMM_BYTES, RecordFlags};
use vivarium_sys::{InstanceId, SiteId};

pub use crate::pid::Pid;
use crate::text::Escaped;

/// Defines newtypes of numbers that are shown as such.
macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident($number:ty);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $number);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A thread, as the initial namespace numbers it.
    Tid(u32);
    /// A user, in the initial namespace.
    Uid(u32);
    /// A group, in the initial namespace.
    Gid(u32);
    /// A moment, in nanoseconds of `CLOCK_MONOTONIC`.
    Time(u64);
}

impl Time {
    /// How long it was from `earlier` to this; nothing if `earlier` isn't.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The name of a task: up to 15 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Comm(pub(crate) [u8; COMM_BYTES]);

impl Comm {
    /// The bytes before the first zero.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(COMM_BYTES);
        &self.0[..end]
    }
}

impl fmt::Display for Comm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(self.as_bytes()).fmt(f)
    }
}

impl fmt::Debug for Comm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Comm({self})")
    }
}

/// The head of a record, typed.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// What is special about the record.
    pub flags: RecordFlags,
    /// How many spans the thread is in by its own doing.
    pub depth: u16,
    /// When.
    pub time: Time,
    /// The process.
    pub pid: Pid,
    /// The thread.
    pub tid: Tid,
    /// Its real user.
    pub uid: Uid,
    /// Its real group.
    pub gid: Gid,
    /// The activation of the innermost span.
    pub instance: InstanceId,
    /// The site of that span.
    pub site: SiteId,
    /// The result of the operation, where it is known: negative is an errno.
    pub result: Option<i32>,
    /// The name of the task.
    pub comm: Comm,
}

impl Head {
    /// Whether the operation is known to have failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.result.is_some_and(|result| result < 0)
    }
}
