//! A thread or a process is made: it is observed when its creator is, or when it was adopted.

use aya_ebpf::btf_maps::HashMap;
use aya_ebpf::macros::{btf_map, btf_tracepoint};
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::event::{EventKind, TaskKind};
use vivarium_sys::load::{Adoption, Field, Oddity, SetId, ThreadFlags, ThreadState};

use crate::counts::odd;
use crate::event;
use crate::identity;
use crate::kernel::Typed;
use crate::thread::{self, Ids, Thread};
use crate::wanted;

/// As many programs can be started at one time.
const ADOPTIONS: usize = 1024;

#[btf_map]
static ADOPT: HashMap<u32, Adoption, ADOPTIONS> = HashMap::new();

/// What is known of a process that was adopted.
static ADOPTED: ThreadState = ThreadState::new(0, SetId::NONE, ThreadFlags::PENDING);

#[btf_tracepoint(function = "sched_process_fork")]
fn task_fork(ctx: BtfTracePointContext) -> i32 {
    let task = Typed::argument(ctx.arg(1));
    let child = Ids { process: task.get(Field::TaskTgid), thread: task.get(Field::TaskPid) };
    let creator = Ids::current();
    let kind = if child.process == creator.process { TaskKind::Thread } else { TaskKind::Process };
    match thread::state(creator.thread) {
        Some(state) => inherit(creator, state, child, kind),
        None => {
            // The last one of this number may have left a state behind if it was observed when it was ending.
            thread::remove(child.thread);
            if kind == TaskKind::Process {
                adopt(creator, task, child);
            }
        }
    }
    0
}

/// The child is observed by those who observe its creator.
#[inline(always)]
fn inherit(creator: Ids, state: &'static mut ThreadState, child: Ids, kind: TaskKind) {
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
    if let Some(thread) = Thread::of(creator, state) {
        event::tell_of::<3, 0>(&thread, EventKind::PROC_FORK, None, |_, record| {
            record.number(0, child.process.into());
            record.number(1, child.thread.into());
            record.number(2, kind as u64);
        });
    }
}

/// The child is observed by those who asked for it, from its first program on.
#[inline(always)]
fn adopt(creator: Ids, task: Typed, child: Ids) {
    let Some(adoption) = ADOPT.get_ptr(&creator.thread) else {
        return;
    };
    match thread::insert(child.thread, &ADOPTED) {
        Some(state) => {
            // SAFETY: nobody removes it while its thread makes a process.
            state.sessions = unsafe { (*adoption).sessions };
            state.process = child.process;
            state.users = identity::users(task);
    state.groups = identity::groups(task);
        }
        None => odd(Oddity::ThreadsFull),
    }
}
