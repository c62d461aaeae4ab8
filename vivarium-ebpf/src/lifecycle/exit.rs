//! A thread ends, and with the last one its process.

use aya_ebpf::bindings::BPF_NOEXIST;
use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::macros::{btf_map, tracepoint};
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use crate::event;
use crate::kernel::Address;
use crate::thread::{self, Ids, Thread};
use crate::untold;

/// A process ends as a whole: all its threads have the same status.
const SIGNAL_GROUP_EXIT: u32 = 4;
/// What the kernel answers where something is there already.
const EEXIST: i32 = -17;
/// As many processes may be ending at one time.
const ENDING: usize = 4096;

/// The processes of which it was told that they end: of the threads that end at the same time, several can find that no
/// other one is left.
#[btf_map]
static ENDED: LruHashMap<Process, u8, ENDING> = LruHashMap::new();

/// A process, which no later one of the same number is.
#[repr(C)]
struct Process {
    number: u64,
    started: u64,
}

#[tracepoint]
fn task_exit(_ctx: TracePointContext) -> u32 {
    let ids = Ids::current();
    let Some(state) = thread::state(ids.thread) else {
        return 0;
    };
    untold::tell(state);
    let task = Address::current_task();
    let alive: i32 = task.follow(Field::TaskSignal).get(Field::SignalLive);
    if alive == 0 && is_news(task, ids.process) {
        if let Some(thread) = Thread::of(ids, state) {
            event::tell_of::<1, 0>(&thread, EventKind::PROC_EXIT, None, |_, record| {
                record.number(0, status(task).into());
            });
        }
    }
    thread::remove(ids.thread);
    0
}

/// Whether it has not been told yet that the process of this task ends.
#[inline(always)]
fn is_news(task: Address, process: u32) -> bool {
    let started = task.follow(Field::TaskGroupLeader).get(Field::TaskStartTime);
    ENDED.insert(Process { number: process.into(), started }, 0, BPF_NOEXIST.into()) != Err(EEXIST)
}

/// What `wait(2)` will give for the process.
#[inline(always)]
fn status(task: Address) -> u32 {
    let signal = task.follow(Field::TaskSignal);
    let flags: u32 = signal.get(Field::SignalFlags);
    if flags & SIGNAL_GROUP_EXIT != 0 {
        signal.get(Field::SignalGroupExitCode)
    } else {
        task.follow(Field::TaskGroupLeader).get(Field::TaskExitCode)
    }
}
