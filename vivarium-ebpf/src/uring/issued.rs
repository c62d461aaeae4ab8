//! Requests that are done later than they were asked for: by a worker of the kernel, or by the thread that asked, which may be
//! in another span by then.
//!
//! Workers are threads of the process, but none of its own. Whoever does what was asked, it is told of the thread that asked,
//! in the span that it was in then.

use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::macros::{btf_map, btf_tracepoint, fentry, fexit};
use aya_ebpf::programs::{BtfTracePointContext, FEntryContext, FExitContext};
use vivarium_sys::load::{Field, Oddity, ThreadState};

use crate::counts::odd;
use crate::kernel::{self, Address, Typed};
use crate::thread::{self, Ids, Thread};
use crate::untold;

/// How many requests may be under way at once. Each takes as much as a thread does, whether there is one or not.
const REQUESTS: usize = 1024;
/// The task works for a ring.
const PF_IO_WORKER: u32 = 0x10;
/// The operations that a hook tells of, as bits: a connect, opens, `statx`, a rename, `unlinkat`, `mkdirat`, `symlinkat`,
/// `linkat`, `fsetxattr`, `setxattr`, a socket, a truncation, a bind, a listen.
const TOLD: u64 = 1 << 16
    | 1 << 18
    | 1 << 21
    | 1 << 28
    | 1 << 35
    | 1 << 36
    | 1 << 37
    | 1 << 38
    | 1 << 39
    | 1 << 41
    | 1 << 42
    | 1 << 45
    | 1 << 55
    | 1 << 56
    | 1 << 57;
/// What stands in for a thread while something is done for it has this bit in its number, which no thread has.
const STAND_IN: u32 = 1 << 31;

/// What was known of the thread that asked, by request.
#[btf_map]
static SUBMITTERS: LruHashMap<u64, ThreadState, REQUESTS> = LruHashMap::new();
/// Which thread that was.
#[btf_map]
static SUBMITTER_IDS: LruHashMap<u64, u32, REQUESTS> = LruHashMap::new();
/// The request that a thread does now.
#[btf_map]
static ISSUED: LruHashMap<u32, u64, REQUESTS> = LruHashMap::new();

/// `request`: it is asked for.
#[btf_tracepoint(function = "io_uring_submit_req")]
fn uring_asked(ctx: BtfTracePointContext) -> i32 {
    let request = Address(ctx.arg(0));
    if is_told(request) {
        remember(request);
    } else if SUBMITTERS.get_ptr(&request.0).is_some() {
        // Another one was in the same place.
        let _ = SUBMITTERS.remove(&request.0);
    }
    0
}

/// `request, how`: it is handed to a worker, who may be asked for a capability, whatever it does.
#[btf_tracepoint(function = "io_uring_queue_async_work")]
fn uring_queue(ctx: BtfTracePointContext) -> i32 {
    let request = Address(ctx.arg(0));
    if !is_told(request) {
        remember(request);
    }
    0
}

/// `request, flags`: it is done from here on.
#[fentry(function = "io_issue_sqe")]
fn uring_issue(ctx: FEntryContext) -> i32 {
    let request = Address(ctx.arg(0));
    let thread = Ids::current().thread;
    if thread::state(thread).is_some() && (is_told(request) || is_worker()) {
        let _ = ISSUED.insert(&thread, &request.0, 0);
    }
    0
}

/// `request, flags`: up to here.
#[fexit(function = "io_issue_sqe")]
fn uring_issued(_ctx: FExitContext) -> i32 {
    let thread = Ids::current().thread;
    if ISSUED.get_ptr(&thread).is_some() {
        let _ = ISSUED.remove(&thread);
        thread::remove(thread | STAND_IN);
    }
    0
}

/// Whether a hook tells of what is asked for.
#[inline(always)]
fn is_told(request: Address) -> bool {
    let operation: u8 = request.get(Field::IoRequestOpcode);
    operation < 64 && TOLD & 1 << operation != 0
}

/// Keeps what is known of the running thread, which asks for this.
#[inline(always)]
fn remember(request: Address) {
    if let Some(thread) = Thread::current() {
        // What is done for it is told in this span.
        untold::tell(thread.state);
        let _ = SUBMITTERS.insert(&request.0, &*thread.state, 0);
        let _ = SUBMITTER_IDS.insert(&request.0, &thread.ids.thread, 0);
    }
}

/// Whether the running thread works for a ring.
#[inline(always)]
fn is_worker() -> bool {
    Typed::current_task().get::<u32>(Field::TaskFlags) & PF_IO_WORKER != 0
}

/// Whether the running thread does what was asked for through a ring.
#[inline(always)]
pub(crate) fn is_issuing() -> bool {
    ISSUED.get_ptr(&Ids::current().thread).is_some()
}

/// The thread for which the running one does what it does, and whether it asks for that now, by a call that will return.
#[inline(always)]
pub(crate) fn who_asked(thread: Thread) -> Option<(Thread, bool)> {
    if !kernel::has(Field::TaskIoUring) || !kernel::has(Field::IoRequestOpcode) {
        return Some((thread, true));
    }
    let is_worker = is_worker();
    if !is_worker && Typed::current_task().get::<u64>(Field::TaskIoUring) == 0 {
        return Some((thread, true));
    }
    let Some(request) = ISSUED.get_ptr(&thread.ids.thread) else {
        if is_worker {
            odd(Oddity::UnknownSubmitter);
            return None;
        }
        return Some((thread, true));
    };
    // SAFETY: the map has it, and only the thread itself changes it.
    let request = unsafe { request.read_volatile() };
    if let Some(asked) = SUBMITTERS.get_ptr(&request)
        && let Some(who) = SUBMITTER_IDS.get_ptr(&request)
    {
        // SAFETY: the maps have them; nobody else changes them while what was asked is done.
        let (asked, who) = unsafe { (&*asked, who.read_volatile()) };
        // In the same map as that of threads, so that the verifier sees no other state than before.
        let Some(state) = thread::insert(thread.ids.thread | STAND_IN, asked) else {
            odd(Oddity::ThreadsFull);
            return None;
        };
        let ids = Ids { process: thread.ids.process, thread: who };
        return Some((Thread::of(ids, state)?, false));
    }
    odd(Oddity::UnknownSubmitter);
    None
}
