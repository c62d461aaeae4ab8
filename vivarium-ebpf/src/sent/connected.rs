//! Connections that are made by sending the first message. No security hook is asked about them.

use vivarium_sys::event::EventKind;

use super::copied;
use super::{Message, Way};
use crate::event;
use crate::scratch;
use crate::socket;
use crate::thread::Thread;

/// Looks at a message that connects the socket that it is sent through.
#[inline(always)]
pub(super) fn look(thread: &Thread, way: Way, message: &Message, result: i64) {
    if !message.is_addressed() {
        return;
    }
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
    if let Some(thread) = Thread::current()
        && let Some(copied) = copied::of_slot(index)
    {
        event::tell_of::<3, 1>(&thread, EventKind::SOCK_CONNECT, Some(copied.result as i32), |_, record| {
            socket::describe(record, copied.way.socket.shape());
            record.text(0, |room| room.receiver(copied.way, &copied.message));
        });
    }
    0
}
