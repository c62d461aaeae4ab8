//! System calls about files and directories.

use aya_ebpf::macros::btf_tracepoint;
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use super::Call;
use super::given::Given;
use crate::descriptor::File;
use crate::mode::PERMISSIONS;
use crate::open;
use crate::path::Name;

/// `unlinkat` is to remove a directory.
const AT_REMOVEDIR: u64 = 0x200;
/// What `creat` opens with.
const CREAT_FLAGS: u64 = open::WRITE_ONLY | open::CREATE | open::TRUNCATE;

#[btf_tracepoint(function = "sys_exit")]
fn sys_open(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
    call.tell::<2, 1>(EventKind::PATH_OPEN, |_, record| {
        let (given, flags, mode) = match call.which() {
            Some(Syscall::Open) => (Given::here(call.pointer(0)), call.argument(1), call.argument(2)),
            Some(Syscall::Creat) => (Given::here(call.pointer(0)), CREAT_FLAGS, call.argument(1)),
            Some(Syscall::Openat2) => {
                let [flags, mode] = call.pointer(2).read().unwrap_or_default();
                (Given::at(call.int(0), call.pointer(1)), flags, mode)
            }
            _ => (Given::at(call.int(0), call.pointer(1)), call.argument(2), call.argument(3)),
        };
        record.number(0, open::told(flags));
        if open::creates(flags) {
            record.number(1, mode & PERMISSIONS);
        }
        match File::of_descriptor(call.result as i32) {
            Some(file) => record.text(0, |room| room.path(file.place(), Name::MayBeGone)),
            None => record.text(0, |room| room.given(given)),
        }
    });
    0
}

#[btf_tracepoint(function = "sys_exit")]
fn sys_unlink(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
    let given = match call.which() {
        Some(Syscall::Unlink) => Given::here(call.pointer(0)),
        // Another kind of event.
        _ if call.argument(2) & AT_REMOVEDIR != 0 => return 0,
        _ => Given::at(call.int(0), call.pointer(1)),
    };
    call.tell::<0, 1>(EventKind::FILE_UNLINK, |_, record| record.text(0, |room| room.given(given)));
    0
}

#[btf_tracepoint(function = "sys_exit")]
fn sys_rename(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
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

#[btf_tracepoint(function = "sys_exit")]
fn sys_symlink(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
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

#[btf_tracepoint(function = "sys_exit")]
fn sys_hardlink(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
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

#[btf_tracepoint(function = "sys_exit")]
fn sys_chmod(ctx: BtfTracePointContext) -> i32 {
    let call = Call::of(&ctx);
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
