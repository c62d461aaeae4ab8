//! The observed threads and what is known of them. Whoever is not in the table is not observed.

use aya_ebpf::bindings::BPF_F_NO_PREALLOC;
use aya_ebpf::btf_maps::HashMap;
use aya_ebpf::helpers::bpf_get_current_pid_tgid;
use aya_ebpf::macros::btf_map;
use vivarium_sys::load::{ThreadFlags, ThreadState};

use crate::wanted;

/// As many as there are unless the loader chooses another number; only those in use take memory.
const DEFAULT_THREADS: usize = 1 << 16;

#[btf_map]
static THREADS: HashMap<u32, ThreadState, DEFAULT_THREADS, { BPF_F_NO_PREALLOC as usize }> = HashMap::new();

/// The ids of a thread, in the initial namespace.
#[derive(Clone, Copy)]
pub(crate) struct Ids {
    pub(crate) process: u32,
    pub(crate) thread: u32,
}

impl Ids {
    /// Those of the running thread.
    #[inline(always)]
    pub(crate) fn current() -> Self {
        let ids = bpf_get_current_pid_tgid();
        Self { process: (ids >> 32) as u32, thread: ids as u32 }
    }
}

/// The running thread, which is observed.
pub(crate) struct Thread {
    pub(crate) ids: Ids,
    /// Those of its sessions that are running, a bit each.
    pub(crate) sessions: u64,
    pub(crate) state: &'static mut ThreadState,
}

impl Thread {
    /// The running thread, if a session observes it now.
    #[inline(always)]
    pub(crate) fn current() -> Option<Self> {
        let ids = Ids::current();
        Self::of(ids, state(ids.thread)?)
    }

    /// The running thread with its state, if a session observes it now.
    #[inline(always)]
    pub(crate) fn of(ids: Ids, state: &'static mut ThreadState) -> Option<Self> {
        let sessions = state.sessions & wanted::sessions();
        if sessions == 0 || state.flags.contains(ThreadFlags::PENDING) {
            return None;
        }
        Some(Self { ids, sessions, state })
    }
}

/// What is known of a thread.
#[inline(always)]
pub(crate) fn state(thread: u32) -> Option<&'static mut ThreadState> {
    // SAFETY: only the thread itself uses its state, or its creator before it runs.
    THREADS.get_ptr_mut(&thread).map(|state| unsafe { &mut *state })
}

/// Observes a thread from now on, with a copy of `state`; `None` when the table is full.
#[inline(always)]
pub(crate) fn insert(thread: u32, state: &ThreadState) -> Option<&'static mut ThreadState> {
    THREADS.insert(&thread, state, 0).ok()?;
    self::state(thread)
}

/// Observes a thread no more.
#[inline(always)]
pub(crate) fn remove(thread: u32) {
    let _ = THREADS.remove(&thread);
}
