//! System calls that load something into the kernel.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use super::{Call, INT};
use crate::syscalls::given::Given;
use crate::user::UserAddress;

/// What the kernel reads or is given something for.
const MODULE: u64 = 2;
const KEXEC_IMAGE: u64 = 3;

/// Commands of `bpf(2)`.
const MAP_CREATE: u32 = 0;
const PROG_LOAD: u32 = 5;
const PROG_ATTACH: u32 = 8;
const PROG_DETACH: u32 = 9;
const PROG_TEST_RUN: u32 = 10;
const PROG_GET_FD_BY_ID: u32 = 13;
const MAP_GET_FD_BY_ID: u32 = 14;
const RAW_TRACEPOINT_OPEN: u32 = 17;
const MAP_FREEZE: u32 = 22;
const LINK_CREATE: u32 = 28;
const LINK_UPDATE: u32 = 29;
const LINK_DETACH: u32 = 34;
const PROG_BIND_MAP: u32 = 35;
/// Where the name of a new map or program stands.
const MAP_NAME_AT: u64 = 28;
const PROG_NAME_AT: u64 = 48;
/// How long such a name is at most, with the zero byte at its end.
const NAME_BYTES: u64 = 16;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_readfile(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let purpose = if call.which() == Some(Syscall::FinitModule) { MODULE } else { KEXEC_IMAGE };
    call.tell::<1, 1>(EventKind::KERNEL_READ_FILE, |_, record| {
        record.number(0, purpose);
        record.text(0, |room| room.given(Given::descriptor(call.int(0))));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_loaddata(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let purpose = if call.which() == Some(Syscall::InitModule) { MODULE } else { KEXEC_IMAGE };
    call.tell::<1, 0>(EventKind::KERNEL_LOAD_DATA, |_, record| record.number(0, purpose));
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_bpf(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let command = call.argument(0) as u32;
    let kind = match command {
        MAP_CREATE | MAP_GET_FD_BY_ID | MAP_FREEZE => EventKind::BPF_MAP,
        PROG_LOAD | PROG_ATTACH | PROG_DETACH | PROG_TEST_RUN | PROG_GET_FD_BY_ID | RAW_TRACEPOINT_OPEN
        | LINK_CREATE | LINK_UPDATE | LINK_DETACH | PROG_BIND_MAP => EventKind::BPF_PROG,
        _ => return 0,
    };
    call.tell::<2, 1>(kind, |_, record| {
        record.number(0, command.into());
        let (attributes, size) = (call.pointer(1), call.argument(2) & INT);
        let name_at = match command {
            MAP_CREATE => MAP_NAME_AT,
            PROG_LOAD => PROG_NAME_AT,
            _ => return,
        };
        if let Some(kind) = attributes.read::<u32>() {
            record.number(1, kind.into());
        }
        if size >= name_at + NAME_BYTES {
            record.text(0, |room| room.string(UserAddress(attributes.0.wrapping_add(name_at))));
        }
    });
    0
}
