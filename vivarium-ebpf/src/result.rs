//! What comes of an event.
//!
//! Security hooks are called before a thing is done. What came of it is told when the system call returns, by a small record
//! for all the events of that call: only threads that wait for one pay for more than looking.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;
use vivarium_sys::wire::{Header, RecordType};

use crate::counts;
use crate::header::{self, Subject};
use crate::ring;
use crate::syscalls::{Call, Returned, told};
use crate::thread::Thread;

/// `io_uring_enter`, which begins what others end.
const IO_URING_ENTER: i64 = 426;

/// What came of an event, as far as it is known when that is told of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// This; negative is an errno.
    Known(i32),
    /// It is the result of the system call that the event happens in, and is told when that returns. A hook whose
    /// operation is what the system call is about opts in by this word; one that is called elsewhere must not.
    Follows,
    /// Nobody will know.
    Unknown,
}

impl Answer {
    /// The same, for a hook that is called elsewhere too: if the running system call is one of these.
    #[inline(always)]
    pub(crate) fn follows_from(calls: &[Syscall]) -> Self {
        match Call::running().and_then(|call| call.which()) {
            Some(call) if calls.contains(&call) => Self::Follows,
            _ => Self::Unknown,
        }
    }

    /// The result, if it is known now.
    #[inline(always)]
    pub(crate) const fn known(self) -> Option<i32> {
        match self {
            Self::Known(result) => Some(result),
            Self::Follows | Self::Unknown => None,
        }
    }
}

impl From<Option<i32>> for Answer {
    #[inline(always)]
    fn from(result: Option<i32>) -> Self {
        match result {
            Some(result) => Self::Known(result),
            None => Self::Unknown,
        }
    }
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_result(_ctx: RawTracePointContext) -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    if thread.state.awaits == 0 {
        return 0;
    }
    thread.state.awaits = 0;
    let Returned { number, result } = Returned::now();
    let result = if number == IO_URING_ENTER { Answer::Unknown } else { Answer::Known(told(result)) };
    let subject = Subject {
        record: RecordType::Result,
        kind: EventKind::NONE,
        span: thread.state.innermost(),
        flags: thread.state.record_flags(),
        depth: thread.state.own_depth(),
        result,
        numbers: 0,
        texts: 0,
    };
    // SAFETY: the ring gave room for the head.
    let outcome = ring::send(|record: *mut Header, now| unsafe { header::write(record, &thread, subject, now) });
    counts::count(&thread, RecordType::Result, EventKind::NONE, outcome);
    0
}
