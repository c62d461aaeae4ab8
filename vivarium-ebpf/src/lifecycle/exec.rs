//! A process executes another program.
//!
//! Only the typed tracepoint tells which program that is, and kernels may skip its program under preemption. That of the
//! trace event is never skipped, and sees to it that nobody observes what they may not. In which order they run, nobody
//! promises, so one counts up and the other down, and what is left over was skipped.

use aya_ebpf::macros::{btf_tracepoint, tracepoint};
use aya_ebpf::programs::{BtfTracePointContext, TracePointContext};
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Oddity, SessionSet, ThreadFlags, ThreadState};

use crate::counts::{even, odd};
use crate::event;
use crate::identity;
use crate::kernel::{Address, Typed, has};
use crate::path::{Name, Place};
use crate::record::Record;
use crate::thread::{self, Ids, Thread};
use crate::untold;
use crate::user::UserAddress;
use crate::wanted;

/// In the flags of memory, who may look into it.
const DUMPABLE: u32 = 3;
/// Those of its user may.
const DUMPABLE_BY_USER: u32 = 1;

#[btf_tracepoint(function = "sched_process_exec")]
fn task_exec(ctx: BtfTracePointContext) -> i32 {
    let ids = Ids::current();
    let Some(state) = settle(ctx.arg(1), ids.thread) else {
        return 0;
    };
    even(Oddity::SkippedExec);
    // Before the spans of what it ran are left.
    untold::tell(state);
    // Of one that nobody observes any more nothing is known.
    let Some(thread) = Thread::of(ids, state) else {
        return 0;
    };
    event::tell_of::<1, 4>(&thread, EventKind::PROC_EXEC, Some(0), |_, record| {
        describe(record, Typed::argument(ctx.arg(2)).address());
    });
    if let Some(state) = thread::state(ids.thread) {
        state.become_program();
    }
    0
}

#[tracepoint]
fn task_execed(ctx: TracePointContext) -> u32 {
    if settle(Address::of_event(&ctx).get(Field::ExecOldPid), Ids::current().thread).is_some() {
        odd(Oddity::SkippedExec);
    }
    0
}

/// What is known of the running thread, whose number was `old` until now, as it is from now on. The second time nothing
/// changes.
#[inline(always)]
fn settle(old: u32, thread: u32) -> Option<&'static mut ThreadState> {
    let state = move_state(old, thread)?;
    let task = Address::current_task();
    state.flags = state.flags.without(ThreadFlags::PENDING);
    state.users = identity::users(task);
    state.groups = identity::groups(task);
    if let Some(set) = wanted::set(state.sessions) {
        let is_theirs = state.users.iter().all(|user| set.may_see(*user));
        if !is_theirs || set.owner != SessionSet::ANYONE && is_shut(task, state.groups) {
            thread::withdraw(state, set);
        }
    }
    Some(state)
}

/// Whether a process is shut to others of its user, who could not trace it: it has capabilities or came by another group, or its
/// program is one that the user may not read.
#[inline(always)]
fn is_shut(task: Address, groups: [u32; 4]) -> bool {
    // On Linux 7.2 it is no longer among the flags of memory.
    let dumpable = if has(Field::TaskExecState) {
        task.follow(Field::TaskExecState).get(Field::ExecStateDumpable)
    } else {
        task.follow(Field::TaskMm).get::<u32>(Field::MmFlags) & DUMPABLE
    };
    dumpable != DUMPABLE_BY_USER || groups.iter().any(|group| *group != groups[0]) || identity::has_capabilities(task)
}

/// The state of the running thread. When it wasn't the leader of its process it is now, and has the leader's id.
#[inline(always)]
fn move_state(old: u32, thread: u32) -> Option<&'static mut ThreadState> {
    if old == thread {
        return thread::state(thread);
    }
    let Some(state) = thread::state(old) else {
        // The other program has moved it.
        return thread::state(thread);
    };
    let moved = thread::insert(thread, state);
    thread::remove(old);
    if moved.is_none() {
        odd(Oddity::LostAtExec);
    }
    moved
}

/// Tells what is executed, of a `linux_binprm`.
#[inline(always)]
fn describe(record: &mut Record<1, 4>, program: Address) {
    let arguments: i32 = program.get(Field::BprmArgc);
    record.number(0, arguments as u64);

    let file = Place::at(program.follow(Field::BprmFile).inner(Field::FilePath));
    let given: Address = program.get(Field::BprmFilename);
    // A script has become an argument, and what is executed is its interpreter.
    let script = given != program.get(Field::BprmInterp);
    if script {
        describe_name(record, given);
    } else {
        record.text(0, |room| room.path(file, Name::MayBeGone));
    }
    describe_memory(record);
    if script {
        record.text(2, |room| room.path(file, Name::MayBeGone));
    }
    record.text(3, |room| room.path(Place::working_directory(), Name::MayBeGone));
}

/// Tells the program by the name that was given for it.
#[inline(always)]
fn describe_name(record: &mut Record<1, 4>, given: Address) {
    if given.read::<u8>() == b'/' {
        record.text(0, |room| room.string(given));
    } else {
        record.text(0, |room| room.beneath(Place::working_directory(), given));
    }
}

/// Tells the arguments, which are in the memory of the process already.
#[inline(always)]
fn describe_memory(record: &mut Record<1, 4>) {
    let memory = Address::current_task().follow(Field::TaskMm);
    let (start, end): (u64, u64) = (memory.get(Field::MmArgStart), memory.get(Field::MmArgEnd));
    record.text(1, |room| room.user_bytes(UserAddress(start), end.wrapping_sub(start)));
}
