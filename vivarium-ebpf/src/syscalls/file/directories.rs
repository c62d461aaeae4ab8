//! Directories and other files that are made without being opened, and the reading of directories.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::mode::{self, FileType, PERMISSIONS};
use crate::syscalls::Call;
use crate::syscalls::given::Given;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_mkdir(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::FILE_MKDIR, |_, record| {
        let (given, mode) = made(&call, Syscall::Mkdir);
        record.number(0, mode & PERMISSIONS);
        record.text(0, |room| room.given(given));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_mknod(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let (given, mode) = made(&call, Syscall::Mknod);
    let kind = FileType::of(mode as u16);
    if kind.is_regular() {
        call.tell::<1, 1>(EventKind::FILE_CREATE, |_, record| {
            record.number(0, mode::granted(mode));
            record.text(0, |room| room.given(given));
        });
    } else {
        let device = call.argument(if call.which() == Some(Syscall::Mknod) { 2 } else { 3 });
        call.tell::<3, 1>(EventKind::FILE_MKNOD, |_, record| {
            mode::describe(record, mode as u16, device as u32);
            record.text(0, |room| room.given(given));
        });
    }
    0
}

/// What is made and its mode; `here` is the call that begins at the working directory.
#[inline(always)]
fn made(call: &Call, here: Syscall) -> (Given, u64) {
    if call.which() == Some(here) {
        (Given::here(call.pointer(0)), call.argument(1))
    } else {
        (Given::at(call.int(0), call.pointer(1)), call.argument(2))
    }
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_getdents(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::FILE_GETDENTS, |_, record| {
        record.number(0, call.argument(2) & u64::from(u32::MAX));
        record.text(0, |room| room.given(Given::descriptor(call.int(0))));
    });
    0
}
