//! System calls that change what is where in the file system.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use super::{Call, INT};
use crate::descriptor::File;
use crate::kernel::Address;
use crate::syscalls::given::Given;
use crate::user::UserAddress;

/// Half of the flags of a mount can be a magic number of old.
const MAGIC: u64 = 0xc0ed_0000;
const MAGIC_BITS: u64 = 0xffff_0000;
/// What `fsconfig` remounts by.
const RECONFIGURE: u64 = 7;
/// `MS_REMOUNT`.
const REMOUNT: u64 = 0x20;
/// The flags of a file system that may be asked for: `MS_RDONLY`, `MS_SYNCHRONOUS`, `MS_MANDLOCK`, `MS_DIRSYNC`, `MS_LAZYTIME`.
const ASKED: u64 = 1 | 0x10 | 0x40 | 0x80 | 1 << 25;
/// The mount that is moved is a descriptor.
const FROM_DESCRIPTOR: u64 = 4;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_mount(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 3>(EventKind::SB_MOUNT, |_, record| {
        let (device, kind, flags) = (call.pointer(0), call.pointer(2), call.argument(3));
        record.number(0, if flags & MAGIC_BITS == MAGIC { flags & !MAGIC_BITS } else { flags });
        if device != UserAddress(0) {
            record.text(0, |room| room.string(device));
        }
        record.text(1, |room| room.given(Given::here(call.pointer(1))));
        if kind != UserAddress(0) {
            record.text(2, |room| room.string(kind));
        }
    });
    0
}

/// What was asked for before is forgotten when the call returns: the flags are those that the file system has then.
#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_fsconfig(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    if call.argument(1) & INT != RECONFIGURE {
        return 0;
    }
    call.tell::<1, 3>(EventKind::SB_MOUNT, |_, record| {
        // Who fails may have given a descriptor of something else.
        let Some(file) = (call.result >= 0).then(|| File::of_descriptor(call.int(0))).flatten() else { return };
        let context: Address = file.get(Field::FilePrivateData);
        let flags: u64 = context.follow(Field::FsContextRoot).follow(Field::DentrySuper).get(Field::SuperFlags);
        record.number(0, REMOUNT | flags & ASKED);
        let kind = context.follow(Field::FsContextType).follow(Field::FsTypeName);
        record.text(2, |room| room.string(kind));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_umount(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::SB_UMOUNT, |_, record| {
        record.number(0, call.argument(1) & INT);
        record.text(0, |room| room.given(Given::here(call.pointer(0))));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_movemount(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 2>(EventKind::MOVE_MOUNT, |_, record| {
        let flags = call.argument(4) & INT;
        record.number(0, flags);
        // A mount that a descriptor stands for was nowhere, or isn't there any more.
        if flags & FROM_DESCRIPTOR == 0 {
            record.text(0, |room| room.given(Given::at(call.int(0), call.pointer(1))));
        }
        record.text(1, |room| room.given(Given::at(call.int(2), call.pointer(3))));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_pivot(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 2>(EventKind::PIVOT_ROOT, |_, record| {
        record.text(0, |room| room.given(Given::here(call.pointer(0))));
        record.text(1, |room| room.given(Given::here(call.pointer(1))));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_chroot(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 1>(EventKind::CHROOT, |_, record| {
        record.text(0, |room| room.given(Given::here(call.pointer(0))));
    });
    0
}
