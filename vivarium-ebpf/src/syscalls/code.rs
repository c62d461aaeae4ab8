//! System calls about code that comes to be executed.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;

use super::Call;
use crate::descriptor::File;
use crate::event;
use crate::memory::{self, ANONYMOUS, EXECUTABLE};
use crate::path::Name;

/// The largest errno.
const MAX_ERRNO: i64 = 4095;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_mmap(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let protection = call.argument(2);
    if protection & EXECUTABLE == 0 {
        return 0;
    }
    // What is returned is an address.
    let result = if (-MAX_ERRNO..0).contains(&call.result) { call.result as i32 } else { 0 };
    event::tell::<2, 1>(EventKind::MMAP_EXEC, Some(result), |_, record| {
        let flags = call.argument(3);
        record.number(0, protection);
        record.number(1, memory::told(flags));
        if flags & ANONYMOUS == 0
            && let Some(file) = File::of_descriptor(call.int(4))
        {
            record.text(0, |room| room.path(file.place(), Name::MayBeGone));
        }
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_mprotect(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let protection = call.argument(2);
    if protection & EXECUTABLE != 0 {
        call.tell::<2, 1>(EventKind::MPROTECT_EXEC, |_, record| {
            record.number(0, protection);
            record.number(1, call.argument(1));
        });
    }
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_memfd(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::MEMFD_CREATE, |_, record| {
        record.number(0, call.argument(1) & u64::from(u32::MAX));
        record.text(0, |room| room.string(call.pointer(0)));
    });
    0
}
