//! System calls that change who a thread is.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Syscall, ThreadState};

use super::Call;
use crate::event;
use crate::identity::{self, Capabilities};
use crate::kernel::Address;
use crate::thread::Thread;

/// As many groups a thread can have.
const MAX_GROUPS: u64 = 65536;
/// The version of `capset` that knows half of the capabilities.
const ONE_HALF: u32 = 0x1998_0330;
/// A new namespace of users.
const CLONE_NEWUSER: u64 = 0x1000_0000;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_setid(_ctx: RawTracePointContext) -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let call = Call::returning();
    // What is returned is the user before, not an error.
    let result = if call.which() == Some(Syscall::Setfsuid) { None } else { Some(call.result as i32) };
    let before = thread.state.users;
    let after = identity::users(Address::current_task());
    thread.state.users = after;
    event::tell_of::<8, 0>(&thread, EventKind::SETID_CHANGE, result, |_, record| {
        identity::describe(record, before, after);
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_setgid(_ctx: RawTracePointContext) -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let call = Call::returning();
    // What is returned is the group before, not an error.
    let result = if call.which() == Some(Syscall::Setfsgid) { None } else { Some(call.result as i32) };
    let before = thread.state.groups;
    let after = identity::groups(Address::current_task());
    thread.state.groups = after;
    event::tell_of::<8, 0>(&thread, EventKind::SETGID_CHANGE, result, |_, record| {
        identity::describe(record, before, after);
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_setgroups(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::SETGROUPS_CHANGE, |_, record| {
        let count = call.argument(0) & u64::from(u32::MAX);
        record.number(0, count);
        if count <= MAX_GROUPS {
            record.text(0, |room| room.user_bytes(call.pointer(1), count * size_of::<u32>() as u64));
        }
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_capset(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<3, 0>(EventKind::CAPSET_CHANGE, |_, record| {
        let version: u32 = call.pointer(0).read().unwrap_or(0);
        // The lower halves of the three sets, then the upper ones.
        let sets: Option<[u32; 6]> = if version == ONE_HALF {
            call.pointer(1)
                .read::<[u32; 3]>()
                .map(|[effective, permitted, inheritable]| [effective, permitted, inheritable, 0, 0, 0])
        } else {
            call.pointer(1).read()
        };
        if let Some(sets) = sets {
            let set = |at: usize| u64::from(sets[at]) | u64::from(sets[at + 3]) << 32;
            Capabilities { effective: set(0), permitted: set(1), inheritable: set(2) }.describe(record);
        }
    });
    0
}

/// `unshare`, `clone` and `clone3`, where they make a namespace of users.
#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_userns(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    // Who is made returns from the call as well.
    if call.result == 0 && call.which() != Some(Syscall::Unshare) {
        return 0;
    }
    match call.clone_flags() {
        Some(flags) if flags & CLONE_NEWUSER != 0 => {
            call.tell::<2, 0>(EventKind::USERNS_CREATE, |thread, record| {
                record.number(0, ThreadState::user_number(thread.state.users[1]));
                record.number(1, flags);
            });
        }
        _ => (),
    }
    0
}
