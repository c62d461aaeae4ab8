//! Work that the kernel does without letting another task in between.
//!
//! While it looks something up in a map or writes into one for a process, the kernel runs no program of a trace event on that processor. Where
//! it can be preempted there, the calls of the task that comes in between are skipped: it counts them, but whoever is observed
//! was not seen. Nobody but tasks of a real time comes in between those of one.

use std::mem::zeroed;

use nix::sys::resource::{Resource, rlim_t, setrlimit};

/// As little as puts a task ahead of all others that are none of a real time.
const LEAST: i32 = 1;
/// The calling thread.
const THIS: libc::pid_t = 0;

/// While there is this, the thread that made it goes ahead of others, where it is allowed to.
#[must_use]
pub(in crate::kernel) struct Ahead {
    /// How it was scheduled, where that has changed.
    before: Option<(i32, libc::sched_param)>,
}

impl Ahead {
    pub(in crate::kernel) fn of_others() -> Self {
        // SAFETY: a structure of plain numbers, for which zeros are values.
        let (mut own, mut first): (libc::sched_param, libc::sched_param) = unsafe { zeroed() };
        first.sched_priority = LEAST;
        // SAFETY: it takes a number.
        let policy = unsafe { libc::sched_getscheduler(THIS) };
        let is_ordinary = matches!(policy, libc::SCHED_OTHER | libc::SCHED_BATCH | libc::SCHED_IDLE);
        // SAFETY: both take a structure that lives until the call is over; the second changes nothing but this thread.
        let is_ahead = is_ordinary
            && unsafe { libc::sched_getparam(THIS, &raw mut own) == 0 }
            && unsafe { libc::sched_setscheduler(THIS, libc::SCHED_FIFO, &raw const first) == 0 };
        Self { before: is_ahead.then_some((policy, own)) }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        if let Some((policy, own)) = &self.before {
            // SAFETY: the structure lives until the call is over, which changes nothing but this thread.
            unsafe { libc::sched_setscheduler(THIS, *policy, own) };
        }
    }
}

/// Lets this process go ahead when it has no capabilities any more. Where that is refused, it doesn't.
pub(crate) fn allow_going_ahead() {
    const LIMIT: rlim_t = LEAST as rlim_t;
    let _ = setrlimit(Resource::RLIMIT_RTPRIO, LIMIT, LIMIT);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> i32 {
        // SAFETY: it takes a number.
        unsafe { libc::sched_getscheduler(THIS) }
    }

    #[test]
    fn a_thread_is_ahead_for_a_while_and_as_before_afterwards() {
        let before = policy();
        let ahead = Ahead::of_others();
        if ahead.before.is_none() {
            return println!("nothing is tested: this user may not go ahead of others");
        }
        assert_eq!(policy(), libc::SCHED_FIFO);
        let inner = Ahead::of_others();
        drop(inner);
        assert_eq!(policy(), libc::SCHED_FIFO, "it is still wanted");
        drop(ahead);
        assert_eq!(policy(), before);
    }
}
