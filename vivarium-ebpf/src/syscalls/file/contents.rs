//! How much there is in a file.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::syscalls::Call;
use crate::syscalls::given::Given;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_truncate(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 1>(EventKind::FILE_TRUNCATE, |_, record| {
        let given = match call.which() {
            Some(Syscall::Ftruncate) => Given::descriptor(call.int(0)),
            _ => Given::here(call.pointer(0)),
        };
        record.number(0, call.argument(1));
        record.text(0, |room| room.given(given));
    });
    0
}
