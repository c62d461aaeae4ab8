//! System calls that change what is where in the file system.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;

use super::{Call, INT};
use crate::syscalls::given::Given;
use crate::user::UserAddress;

/// Half of the flags of a mount can be a magic number of old.
const MAGIC: u64 = 0xc0ed_0000;
const MAGIC_BITS: u64 = 0xffff_0000;
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
