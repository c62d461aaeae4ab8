//! What is written to encrypted connections, before it is encrypted. The first line is told, or the head of the frame.

use aya_ebpf::helpers::generated::bpf_probe_read_user;
use aya_ebpf::macros::uprobe;
use aya_ebpf::programs::ProbeContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::TextLength;

use super::search::{bytes_before, first};
use super::{argument, fetch, which};
use crate::bounds::{at_most, below};
use crate::event;
use crate::own_stack;
use crate::record::Room;
use crate::thread::Thread;
use crate::user::UserAddress;

/// How long a line may be.
const LINE_BYTES: u32 = 256;
/// How long the head of a frame of HTTP/2 is.
const FRAME_BYTES: u32 = 9;
/// The first byte of every text is greater; a frame begins with its length, which is less than 16 megabytes.
const FIRST_OF_TEXT: u8 = 9;

#[uprobe(sleepable)]
fn ssl_fetch(ctx: ProbeContext) -> u32 {
    fetch(UserAddress(argument(&ctx, 1)), LINE_BYTES.into());
    0
}

#[uprobe]
fn ssl_write(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else { return 0 };
    let length = argument(&ctx, 2);
    // The older function has an `int`.
    let length = if which(&ctx) == 0 { length & u64::from(u32::MAX) } else { length };
    if length == 0 || which(&ctx) == 0 && length as i32 <= 0 {
        return 0;
    }
    let data = UserAddress(argument(&ctx, 1));
    let kept = at_most(if length > LINE_BYTES.into() { LINE_BYTES } else { length as u32 }, LINE_BYTES);
    event::tell_of::<1, 1>(&thread, EventKind::SSL_WRITE, None, |_, record| {
        record.number(0, length);
        record.text(0, |room| room.line(data, kept, length));
    });
    0
}

impl Room {
    /// Takes the first line of what is written, or the head of a frame.
    #[inline(always)]
    fn line(self, data: UserAddress, kept: u32, length: u64) -> TextLength {
        // SAFETY: there is room for so much.
        if unsafe { bpf_probe_read_user(self.start().cast(), kept, data.pointer()) } != 0 {
            return self.unreadable();
        }
        // SAFETY: there is at least one byte.
        let is_frame = unsafe { self.start().read_volatile() } < FIRST_OF_TEXT && kept >= FRAME_BYTES;
        let ends = |word| first(word, b'\r') | first(word, b'\n');
        // SAFETY: there is room for so much; what comes after what is written counts for nothing.
        let before = unsafe { bytes_before(self.start(), LINE_BYTES as usize / 8, ends) };
        let line = if before < kept.into() { before as u32 } else { kept };
        let end = below::<{ 2 * LINE_BYTES }>(if is_frame { FRAME_BYTES } else { line });
        let is_cut = !is_frame && end == kept && length > kept.into();
        TextLength { kept: end, whole: if is_cut { length as u32 } else { end } }
    }
}
