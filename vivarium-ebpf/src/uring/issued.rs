//! Workers of the kernel, which do what a thread has asked for and would have to wait for.
//!
//! They are threads of the process, but none of its own: what they do is done by the thread that asked, in the span that it
//! was in then.

use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::macros::{btf_map, btf_tracepoint};
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::load::{Field, Oddity, ThreadState};

use crate::counts::odd;
use crate::kernel::{self, Address, Typed};
use crate::thread::{self, Ids, Thread};

/// How many requests may be with workers at once.
const REQUESTS: usize = 4096;
/// The task is a worker of a ring.
const PF_IO_WORKER: u32 = 0x10;

/// What was known of the thread that asked, by request.
#[btf_map]
static SUBMITTERS: LruHashMap<u64, ThreadState, REQUESTS> = LruHashMap::new();
/// Which thread that was.
#[btf_map]
static SUBMITTER_IDS: LruHashMap<u64, u32, REQUESTS> = LruHashMap::new();

/// `request, how`: it is handed to a worker.
#[btf_tracepoint(function = "io_uring_queue_async_work")]
fn uring_queue(ctx: BtfTracePointContext) -> i32 {
    let Some(thread) = Thread::current() else { return 0 };
    let request: u64 = ctx.arg(0);
    let _ = SUBMITTERS.insert(&request, &*thread.state, 0);
    let _ = SUBMITTER_IDS.insert(&request, &thread.ids.thread, 0);
    0
}

/// The thread that asked for what the running one does, which is another one for a worker.
///
/// A worker has a state of its own, like every thread that an observed one makes. It is that of whoever asked while it does
/// something for it.
#[inline(always)]
pub(crate) fn who_asked(thread: Thread) -> Option<Thread> {
    if !kernel::has(Field::IoWorkerWork) {
        return Some(thread);
    }
    let task = Typed::current_task();
    let flags: u32 = task.get(Field::TaskFlags);
    if flags & PF_IO_WORKER == 0 {
        return Some(thread);
    }
    let worker: Address = task.get(Field::TaskWorkerPrivate);
    let work = worker.follow(Field::IoWorkerWork);
    let request = work.container_of(Field::IoRequestWork).0;
    if let Some(asked) = SUBMITTERS.get_ptr(&request)
        && let Some(who) = SUBMITTER_IDS.get_ptr(&request)
    {
        // SAFETY: the maps have them; nobody else changes them while the worker does what was asked.
        let (asked, who) = unsafe { (&*asked, who.read_volatile()) };
        // In the same map again, so that the verifier sees no other state than before.
        let state = thread::insert(thread.ids.thread, asked)?;
        return Thread::of(Ids { process: thread.ids.process, thread: who }, state);
    }
    odd(Oddity::UnknownSubmitter);
    None
}
