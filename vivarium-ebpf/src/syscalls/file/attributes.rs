//! What is kept of a file besides its contents.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::mode::PERMISSIONS;
use crate::syscalls::Call;
use crate::syscalls::given::Given;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_chmod(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::FILE_CHMOD, |_, record| {
        let (given, mode) = match call.which() {
            Some(Syscall::Chmod) => (Given::here(call.pointer(0)), call.argument(1)),
            Some(Syscall::Fchmod) => (Given::descriptor(call.int(0)), call.argument(1)),
            Some(Syscall::Fchmodat2) => {
                (Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(3)), call.argument(2))
            }
            _ => (Given::at(call.int(0), call.pointer(1)), call.argument(2)),
        };
        record.number(0, mode & PERMISSIONS);
        record.text(0, |room| room.given(given));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_chown(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<2, 1>(EventKind::FILE_CHOWN, |_, record| {
        let (given, [uid, gid]) = match call.which() {
            Some(Syscall::Fchown) => (Given::descriptor(call.int(0)), [call.argument(1), call.argument(2)]),
            Some(Syscall::Fchownat) => (
                Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(4)),
                [call.argument(2), call.argument(3)],
            ),
            _ => (Given::here(call.pointer(0)), [call.argument(1), call.argument(2)]),
        };
        record.number(0, uid & u64::from(u32::MAX));
        record.number(1, gid & u64::from(u32::MAX));
        record.text(0, |room| room.given(given));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_stat(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 1>(EventKind::FILE_STAT, |_, record| {
        let given = match call.which() {
            Some(Syscall::Fstat) => Given::descriptor(call.int(0)),
            Some(Syscall::Newfstatat) => Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(3)),
            Some(Syscall::Statx) => Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(2)),
            _ => Given::here(call.pointer(0)),
        };
        record.text(0, |room| room.given(given));
    });
    0
}
