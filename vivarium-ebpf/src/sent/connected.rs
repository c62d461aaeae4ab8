//! Connections that are made by sending the first message. No security hook is asked about them.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use super::copied;
use super::{Message, Way};
use crate::event;
use crate::scratch;
use crate::socket;
use crate::syscalls::Call;
use crate::thread::Thread;

/// The message connects the socket that it is sent through: `MSG_FASTOPEN`.
const CONNECTS: u64 = 0x2000_0000;

/// Looks at a message that says whom it is sent to through a stream, which has its peer otherwise.
#[inline(always)]
pub(super) fn look(thread: &Thread, way: Way, message: &Message, result: i64) {
    let Some(index) = scratch::claim(thread.ids.thread) else { return };
    if copied::describe(index, way, message, result) {
        tell_of_connection(index);
    }
    scratch::release(index);
}

/// Tells of the connection that the message makes which a slot describes.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tell_of_connection(index: u32) -> u32 {
    if flags() & CONNECTS != 0
        && let Some(thread) = Thread::current()
        && let Some(copied) = copied::of_slot(index)
    {
        event::tell_of::<3, 1>(&thread, EventKind::SOCK_CONNECT, Some(copied.result as i32), |_, record| {
            socket::describe(record, copied.way.socket.shape());
            record.text(0, |room| room.receiver(copied.way, &copied.message));
        });
    }
    0
}

/// The flags of the call that sends. The stack of those who look has no room for them.
#[inline(always)]
fn flags() -> u64 {
    let Some(call) = Call::running() else { return 0 };
    match call.which() {
        Some(Syscall::Sendto | Syscall::Sendmmsg) => call.argument(3),
        Some(Syscall::Sendmsg) => call.argument(2),
        _ => 0,
    }
}
