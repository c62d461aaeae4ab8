//! System calls about processes.

use aya_ebpf::macros::tracepoint;
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};
use vivarium_sys::wire::UNKNOWN_NUMBER;

use super::Call;
use super::given::Given;
use crate::descriptor::File;
use crate::kernel::Address;
use crate::path::{Name, Place};

/// Only when it fails: what succeeds is seen at the tracepoint of every backend.
#[tracepoint]
fn sys_execve(ctx: TracePointContext) -> u32 {
    let call = Call::of(&ctx);
    if call.result >= 0 {
        return 0;
    }
    call.tell::<1, 4>(EventKind::PROC_EXEC, |_, record| {
        let given = match call.which() {
            Some(Syscall::Execve) => Given::here(call.pointer(0)),
            _ => Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(4)),
        };
        record.text(0, |room| room.given(given));
        record.text(3, |room| room.path(Place::working_directory(), Name::MayBeGone));
    });
    0
}

#[tracepoint]
fn sys_kill(ctx: TracePointContext) -> u32 {
    let call = Call::of(&ctx);
    call.tell::<2, 0>(EventKind::TASK_KILL, |_, record| {
        let (target, signal) = match call.which() {
            Some(Syscall::PidfdSendSignal) => (of_pidfd(&call), call.int(1)),
            Some(Syscall::Tgkill | Syscall::RtTgsigqueueinfo) => (number(call.int(0)), call.int(2)),
            _ => (number(call.int(0)), call.int(1)),
        };
        record.number(0, target);
        record.number(1, number(signal));
    });
    0
}

/// A number that may be negative.
#[inline(always)]
fn number(value: i32) -> u64 {
    i64::from(value) as u64
}

/// The process that a descriptor stands for. Since Linux 6.9 the inode knows it, before that the file.
#[inline(always)]
fn of_pidfd(call: &Call) -> u64 {
    if call.result < 0 {
        return UNKNOWN_NUMBER;
    }
    let Some(file) = File::of_descriptor(call.int(0)) else {
        return UNKNOWN_NUMBER;
    };
    let of_file: Address = file.get(Field::FilePrivateData);
    let process = if of_file == Address(0) { file.inode(Field::InodePrivate) } else { of_file };
    // The first of its numbers is the one in the initial namespace.
    number(process.get(Field::PidNumbers))
}
