//! The observed threads and what is known of them. Whoever is not in the table is not observed.

use aya_ebpf::bindings::{BPF_F_NO_PREALLOC, BPF_NOEXIST};
use aya_ebpf::btf_maps::HashMap;
use aya_ebpf::helpers::{bpf_get_current_pid_tgid, bpf_get_current_uid_gid};
use aya_ebpf::macros::btf_map;
use vivarium_sys::load::{Oddity, SessionSet, ThreadFlags, ThreadState};

use crate::{counts, wanted};

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
    /// Its sessions.
    pub(crate) set: &'static SessionSet,
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
        if state.flags.contains(ThreadFlags::PENDING) {
            return None;
        }
        let set = wanted::set(state.sessions)?;
        let may_see = set.owner == SessionSet::ANYONE || set.may_see(bpf_get_current_uid_gid() as u32);
        let set = if may_see { set } else { withdraw(state, set)? };
        Some(Self { ids, set, state })
    }
}

/// From now on only those observe a thread who may see what any user does.
#[inline(always)]
pub(crate) fn withdraw(state: &mut ThreadState, set: &SessionSet) -> Option<&'static SessionSet> {
    counts::odd_for(set.id, Oddity::NotFollowed);
    state.sessions = set.privileged;
    wanted::set(set.privileged)
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

/// Observes a thread from now on, unless it is observed already.
#[inline(always)]
pub(crate) fn insert_new(thread: u32, state: &ThreadState) -> Option<&'static mut ThreadState> {
    THREADS.insert(&thread, state, BPF_NOEXIST.into()).ok()?;
    self::state(thread)
}

/// Observes a thread no more.
#[inline(always)]
pub(crate) fn remove(thread: u32) {
    let _ = THREADS.remove(&thread);
}
