//! System calls that change who a thread is.

use aya_ebpf::macros::tracepoint;
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use super::Call;
use crate::event;
use crate::identity;
use crate::kernel::Typed;
use crate::thread::Thread;

#[tracepoint]
fn sys_setid(ctx: TracePointContext) -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let call = Call::of(&ctx);
    // What is returned is the user before, not an error.
    let result = if call.which() == Some(Syscall::Setfsuid) { None } else { Some(call.result as i32) };
    let before = thread.state.users;
    let after = identity::users(Typed::current_task());
    thread.state.users = after;
    event::tell_of::<6, 0>(&thread, EventKind::SETID_CHANGE, result, |_, record| {
        identity::describe(record, before, after);
    });
    0
}
