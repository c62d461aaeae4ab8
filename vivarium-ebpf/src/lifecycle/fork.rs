//! A thread or a process is made: it is observed when its creator is, or when it was adopted.

use aya_ebpf::btf_maps::HashMap;
use aya_ebpf::macros::{btf_map, tracepoint};
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::{EventKind, TaskKind};
use vivarium_sys::load::{Adoption, Field, Oddity, SetId, ThreadFlags, ThreadState};

use crate::counts::odd;
use crate::event;
use crate::identity;
use crate::kernel::{Address, Typed};
use crate::syscalls::is_foreign;
use crate::thread::{self, Ids, Thread};
use crate::untold;
use crate::wanted;

/// As many programs can be started at one time.
const ADOPTIONS: usize = 1024;
/// The task is a thread of its creator's process.
const CLONE_THREAD: u64 = 0x0001_0000;
/// Nobody may trace the task, as it is of those that the kernel makes to work for the process.
const CLONE_UNTRACED: u64 = 0x0080_0000;
/// The system calls that make tasks: `clone`, `fork`, `vfork` and `clone3`.
const CALLS: [u64; 4] = [56, 57, 58, 435];

#[btf_map]
static ADOPT: HashMap<u32, Adoption, ADOPTIONS> = HashMap::new();

/// What is known of a process that was adopted.
static ADOPTED: ThreadState = ThreadState::new(0, SetId::NONE, ThreadFlags::PENDING);

#[tracepoint]
fn task_fork(ctx: TracePointContext) -> u32 {
    let event = Address::of_event(&ctx);
    let (thread, flags): (u32, u64) = (event.get(Field::NewtaskPid), event.get(Field::NewtaskCloneFlags));
    let creator = Ids::current();
    let (kind, process) =
        if flags & CLONE_THREAD == 0 { (TaskKind::Process, thread) } else { (TaskKind::Thread, creator.process) };
    let child = Ids { process, thread };
    match thread::state(creator.thread) {
        // It does what others ask for: see `uring`.
        Some(state) if flags & CLONE_UNTRACED != 0 && !is_asked_for() => hand_down(state, child, kind),
        Some(state) => inherit(creator, state, child, kind),
        None => {
            // The last one of this number may have left a state behind if it was observed when it was ending.
            thread::remove(child.thread);
            if kind == TaskKind::Process {
                adopt(creator, child);
            }
        }
    }
    0
}

/// Whether the running thread makes a task because it was told to. It could ask for one that nobody may trace, but it can't
/// have the kernel make one while it doesn't ask.
#[inline(always)]
fn is_asked_for() -> bool {
    let number: u64 = Typed::current_registers().get(Field::RegsOrigAx);
    is_foreign(number) || CALLS.contains(&number)
}

/// The child is observed by those who observe its creator, who tells of it.
#[inline(always)]
fn inherit(creator: Ids, state: &'static mut ThreadState, child: Ids, kind: TaskKind) {
    hand_down(state, child, kind);
    if let Some(thread) = Thread::of(creator, state) {
        event::tell_of::<3, 0>(&thread, EventKind::PROC_FORK, None, |_, record| {
            record.number(0, child.process.into());
            record.number(1, child.thread.into());
            record.number(2, kind as u64);
        });
    }
}

/// The child is observed by those who observe its creator.
#[inline(always)]
fn hand_down(state: &ThreadState, child: Ids, kind: TaskKind) {
    // Before what is known of the creator is that of its child as well.
    untold::tell(state);
    let heirs = match (wanted::set(state.sessions), kind) {
        (Some(set), TaskKind::Thread) => set.id,
        (Some(set), TaskKind::Process) => set.heirs,
        (None, _) => SetId::NONE,
    };
    if wanted::set(heirs).is_none() {
        thread::remove(child.thread);
    } else {
        match thread::insert(child.thread, state) {
            Some(inherited) => {
                inherited.sessions = heirs;
                inherited.become_child(child.process, kind);
            }
            None => odd(Oddity::ThreadsFull),
        }
    }
}

/// The child is observed by those who asked for it, from its first program on.
#[inline(always)]
fn adopt(creator: Ids, child: Ids) {
    let Some(adoption) = ADOPT.get_ptr(&creator.thread) else {
        return;
    };
    match thread::insert(child.thread, &ADOPTED) {
        Some(state) => {
            // SAFETY: nobody removes it while its thread makes a process.
            state.sessions = unsafe { (*adoption).sessions };
            state.process = child.process;
            // Those of its creator.
            state.users = identity::users(Address::current_task());
            state.groups = identity::groups(Address::current_task());
        }
        None => odd(Oddity::ThreadsFull),
    }
}
