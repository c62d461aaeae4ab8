//! Extended attributes.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;

use crate::extended::Change;
use crate::syscalls::Call;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_setxattr(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<2, 2>(EventKind::FILE_SETXATTR, |_, record| {
        let change = Change::of(&call);
        let (size, flags) = change.value();
        record.number(0, size);
        record.number(1, flags);
        record.text(0, |room| room.given(change.file));
        record.text(1, |room| room.string(change.name));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_rmxattr(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<0, 2>(EventKind::FILE_REMOVEXATTR, |_, record| {
        let change = Change::of(&call);
        record.text(0, |room| room.given(change.file));
        record.text(1, |room| room.string(change.name));
    });
    0
}
