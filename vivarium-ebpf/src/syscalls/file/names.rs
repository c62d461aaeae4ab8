//! Names that come, change and go.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::syscalls::Call;
use crate::syscalls::given::Given;

/// `unlinkat` is to remove a directory.
const AT_REMOVEDIR: u64 = 0x200;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_unlink(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let (given, kind) = match call.which() {
        Some(Syscall::Unlink) => (Given::here(call.pointer(0)), EventKind::FILE_UNLINK),
        Some(Syscall::Rmdir) => (Given::here(call.pointer(0)), EventKind::FILE_RMDIR),
        _ if call.argument(2) & AT_REMOVEDIR != 0 => (Given::at(call.int(0), call.pointer(1)), EventKind::FILE_RMDIR),
        _ => (Given::at(call.int(0), call.pointer(1)), EventKind::FILE_UNLINK),
    };
    call.tell::<0, 1>(kind, |_, record| record.text(0, |room| room.given(given)));
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_rename(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 2>(EventKind::FILE_RENAME, |_, record| {
        let which = call.which();
        let (from, to) = match which {
            Some(Syscall::Rename) => (Given::here(call.pointer(0)), Given::here(call.pointer(1))),
            _ => (Given::at(call.int(0), call.pointer(1)), Given::at(call.int(2), call.pointer(3))),
        };
        record.number(0, if which == Some(Syscall::Renameat2) { call.argument(4) } else { 0 });
        record.text(0, |room| room.given(from));
        record.text(1, |room| room.given(to));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_symlink(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 2>(EventKind::FILE_SYMLINK, |_, record| {
        let link = match call.which() {
            Some(Syscall::Symlink) => Given::here(call.pointer(1)),
            _ => Given::at(call.int(1), call.pointer(2)),
        };
        record.text(0, |room| room.string(call.pointer(0)));
        record.text(1, |room| room.given(link));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_hardlink(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 2>(EventKind::FILE_HARDLINK, |_, record| {
        let (from, to) = match call.which() {
            Some(Syscall::Link) => (Given::here(call.pointer(0)), Given::here(call.pointer(1))),
            _ => (
                Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(4)),
                Given::at(call.int(2), call.pointer(3)),
            ),
        };
        record.text(0, |room| room.given(from));
        record.text(1, |room| room.given(to));
    });
    0
}
