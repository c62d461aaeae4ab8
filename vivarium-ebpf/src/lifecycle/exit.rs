//! A thread ends, and with the last one its process.

use aya_ebpf::macros::btf_tracepoint;
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use crate::event;
use crate::kernel::Typed;
use crate::thread::{self, Ids, Thread};

/// A process ends as a whole: all its threads have the same status.
const SIGNAL_GROUP_EXIT: u32 = 4;

#[btf_tracepoint(function = "sched_process_exit")]
fn task_exit(ctx: BtfTracePointContext) -> i32 {
    let ids = Ids::current();
    let Some(state) = thread::state(ids.thread) else {
        return 0;
    };
    let task = Typed::argument(ctx.arg(0));
    let alive: i32 = task.follow(Field::TaskSignal).get(Field::SignalLive);
    if alive == 0 {
        if let Some(thread) = Thread::of(ids, state) {
            event::tell_of::<1, 0>(&thread, EventKind::PROC_EXIT, None, |_, record| {
                record.number(0, status(task).into());
            });
        }
    }
    thread::remove(ids.thread);
    0
}

/// What `wait(2)` will give for the process.
#[inline(always)]
fn status(task: Typed) -> u32 {
    let signal = task.follow(Field::TaskSignal);
    let flags: u32 = signal.get(Field::SignalFlags);
    if flags & SIGNAL_GROUP_EXIT != 0 {
        signal.get(Field::SignalGroupExitCode)
    } else {
        task.follow(Field::TaskGroupLeader).get(Field::TaskExitCode)
    }
}
