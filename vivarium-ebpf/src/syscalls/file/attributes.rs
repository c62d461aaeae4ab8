//! What is kept of a file besides its contents.

use aya_ebpf::macros::tracepoint;
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::mode::PERMISSIONS;
use crate::syscalls::Call;
use crate::syscalls::given::Given;

#[tracepoint]
fn sys_chmod(ctx: TracePointContext) -> u32 {
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
