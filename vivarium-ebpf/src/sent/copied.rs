//! The beginning of a message, copied out of the memory of the process.
//!
//! It stands in the room that a slot has for a path, with all that is known of it. There the verifier doesn't follow it: it
//! would look at every length that a part or a label can have otherwise. And a function that takes nothing but the number of
//! the slot is seen by it once, whatever was sent and however.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use aya_ebpf::helpers::generated::bpf_probe_read_user;

use super::{Message, Way};
use crate::bounds::{at_most, below};
use crate::scratch::{self, PATH_BYTES};

/// How many parts of a message are looked at.
const MAX_PARTS: u32 = 64;
/// How many bytes of a message are looked at.
pub(super) const LIMIT: u32 = 4096;

/// The beginning of a message.
#[repr(C)]
pub(super) struct Copied {
    pub(super) way: Way,
    pub(super) message: Message,
    /// How many bytes of it were sent, or why none was.
    pub(super) result: i64,
    /// How many bytes are here.
    have: u64,
    /// How many more were sent.
    left: u64,
    /// Where a reader is.
    pub(super) at: u64,
    /// As long again as is used: the verifier adds up the greatest place and the greatest length.
    bytes: [u8; 2 * LIMIT as usize],
}
const _: () = assert!(size_of::<Copied>() <= PATH_BYTES);

/// What is there in a slot.
#[inline(always)]
pub(super) fn of_slot(index: u32) -> Option<&'static mut Copied> {
    let slot = scratch::slot(index)?;
    // SAFETY: whoever asks has claimed the slot, and it is all plain numbers.
    Some(unsafe { &mut *(&raw mut (*slot).path).cast::<Copied>() })
}

/// Puts into a slot what is known of a message.
#[inline(always)]
pub(super) fn describe(index: u32, way: Way, message: &Message, result: i64) -> bool {
    let Some(copied) = of_slot(index) else { return false };
    copied.way = way;
    copied.message = *message;
    copied.result = result;
    true
}

/// Copies the message that a slot describes, but not more than was sent. What was not sent would have been all of it.
#[inline(always)]
pub(super) fn copy(index: u32) -> Option<&'static mut Copied> {
    let copied = of_slot(index)?;
    copied.have = 0;
    copied.left = if copied.result < 0 { u64::MAX } else { copied.result as u64 };
    // SAFETY: the index outlives the loop.
    unsafe { bpf_loop(MAX_PARTS, part as *mut c_void, (&raw const index).cast_mut().cast(), 0) };
    Some(copied)
}

/// Copies one part.
unsafe extern "C" fn part(at: u32, index: *const u32) -> i64 {
    // SAFETY: the index is on the stack of the caller of the loop.
    let Some(copied) = of_slot(unsafe { index.read() }) else { return 1 };
    let Some([start, length]) = copied.message.part(at.into()) else { return 1 };
    let length = if length > copied.left { copied.left } else { length };
    let have = at_most(copied.have as u32, LIMIT);
    let room = u64::from(LIMIT - have);
    let taken = at_most(if length > room { room as u32 } else { length as u32 }, LIMIT);
    // SAFETY: it begins within the first half of the room, and is no longer than the second.
    let error = unsafe { bpf_probe_read_user(copied.start().add(have as usize).cast(), taken, start as *const _) };
    if error != 0 {
        return 1;
    }
    copied.have = (have + taken).into();
    copied.left -= length;
    i64::from(copied.left == 0)
}

impl Copied {
    /// How many bytes are here.
    #[inline(always)]
    pub(super) fn have(&self) -> u32 {
        at_most(self.have as u32, LIMIT)
    }

    /// So many are here now.
    #[inline(always)]
    pub(super) fn set_have(&mut self, have: u32) {
        self.have = have.into();
    }

    /// Where they are.
    #[inline(always)]
    pub(super) fn start(&mut self) -> *mut u8 {
        (&raw mut self.bytes).cast()
    }

    /// One of them.
    #[inline(always)]
    pub(super) fn byte(&self, at: u32) -> u8 {
        // SAFETY: there is room for so many. Volatile, so that it is one load of one byte.
        unsafe { (&raw const self.bytes).cast::<u8>().add(below::<{ 2 * LIMIT }>(at) as usize).read_volatile() }
    }

    /// Two of them, as a number in network order.
    #[inline(always)]
    pub(super) fn number(&self, at: u32) -> u16 {
        u16::from_be_bytes([self.byte(at), self.byte(at + 1)])
    }
}
