//! Questions to name servers. Of a message nothing but the first question is kept.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::TextLength;

use super::copied::{self, Copied, LIMIT};
use super::{Message, Way, is_stream};
use crate::bounds::at_most;
use crate::event;
use crate::scratch;
use crate::thread::Thread;

/// How long the head of a message is.
const HEAD_BYTES: u32 = 12;
/// Where in it the flags are.
const FLAGS_AT: u32 = 2;
/// Where the number of questions is.
const QUESTIONS_AT: u32 = 4;
/// As many questions as everybody asks at once.
const ONE: u16 = 1;
/// The flag of an answer.
const IS_ANSWER: u8 = 0x80;
/// In a stream, each message comes after its length.
const LENGTH_BYTES: u32 = 2;
/// The least that is sent when it isn't just a length: the head and a question for the root.
const LEAST_BYTES: u32 = HEAD_BYTES + 5;
/// How many labels a name has at most.
const MAX_LABELS: u32 = 128;
/// The longest label; what is more is something else.
const MAX_LABEL: u8 = 63;

/// Looks at a message to a name server.
#[inline(always)]
pub(super) fn look(thread: &Thread, way: Way, message: &Message, result: i64) {
    let Some(index) = scratch::claim(thread.ids.thread) else { return };
    if copied::describe(index, way, message, result) {
        tell_of_question(index);
    }
    scratch::release(index);
}

/// Tells of the question in the message that a slot describes.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tell_of_question(index: u32) -> u32 {
    if let Some(thread) = Thread::current()
        && let Some(copied) = copied::copy(index)
    {
        ask(&thread, index, copied);
    }
    0
}

#[inline(always)]
fn ask(thread: &Thread, index: u32, copied: &mut Copied) {
    let shape = copied.way.socket.shape();
    let is_stream = is_stream(shape);
    // The length of a message may be sent by itself, and the message then without.
    let length = u32::from(copied.number(0));
    let is_counted = is_stream
        && length >= LEAST_BYTES
        && (length + LENGTH_BYTES <= copied.have()
        // Its end comes later: it is told by its beginning.
        || copied.have() >= LENGTH_BYTES + HEAD_BYTES && copied.number(LENGTH_BYTES + QUESTIONS_AT) == ONE);
    let head = if is_counted { LENGTH_BYTES } else { 0 };
    let is_headed = copied.have() >= head + HEAD_BYTES;
    if is_headed && copied.byte(head + FLAGS_AT) & IS_ANSWER != 0 {
        return;
    }
    let questions = copied.number(head + QUESTIONS_AT);
    // In a stream it may be anything else, such as a length or the rest of a message.
    let is_question = is_headed && if is_stream { questions == ONE } else { questions != 0 };
    if !is_question && is_stream {
        return;
    }
    let start = head + HEAD_BYTES;
    if is_question {
        copied.at = start.into();
        // SAFETY: the index outlives the loop.
        unsafe { bpf_loop(MAX_LABELS, label as *mut c_void, (&raw const index).cast_mut().cast(), 0) };
    }
    event::tell_of::<3, 2>(thread, EventKind::DNS_REQ, Some(copied.result as i32), |_, record| {
        if is_question {
            let end = at_most(copied.at as u32, LIMIT);
            let is_whole = end < copied.have() && copied.byte(end) == 0;
            if is_whole && end + LENGTH_BYTES < copied.have() {
                record.number(0, copied.number(end + 1).into());
            }
            record.text(0, |room| {
                let kept = at_most(end.wrapping_sub(start), LIMIT);
                // SAFETY: there are so many bytes.
                unsafe { room.copy(copied.start().add(start as usize), kept) };
                TextLength { kept, whole: if is_whole { kept } else { kept + 1 } }
            });
        }
        record.number(1, shape.family.into());
        record.number(2, shape.protocol.into());
        record.text(1, |room| room.receiver(copied.way, &copied.message));
    });
}

/// Goes past one label, unless it is the last, or none.
unsafe extern "C" fn label(_: u32, index: *const u32) -> i64 {
    // SAFETY: the index is on the stack of the caller of the loop.
    let Some(copied) = copied::of_slot(unsafe { index.read() }) else { return 1 };
    let at = at_most(copied.at as u32, LIMIT);
    let length = copied.byte(at);
    let next = at + 1 + u32::from(length);
    if length == 0 || length > MAX_LABEL || next > copied.have() {
        return 1;
    }
    copied.at = next.into();
    0
}
