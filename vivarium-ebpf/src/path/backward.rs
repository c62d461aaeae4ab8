//! A text that is built from its end, in the room that a slot has for a path.

use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use vivarium_sys::wire::MAX_TEXT_BYTES;

use crate::bounds::at_most;
use crate::kernel::Address;
use crate::scratch::{SLACK, Slot};

/// How long a name can be: what begins within the room for a text ends within the slack after it.
const MAX_NAME: u32 = SLACK as u32 - 1;
/// The longest number.
const MAX_DIGITS: usize = 20;

/// A text of which the end is there.
#[derive(Clone, Copy)]
pub(super) struct Backward {
    slot: *mut Slot,
}

impl Backward {
    /// An empty text that ends at `end`.
    #[inline(always)]
    pub(super) fn new(slot: *mut Slot, end: i64) -> Self {
        let text = Self { slot };
        text.set_start(end);
        text
    }

    /// The text that is there in a slot.
    #[inline(always)]
    pub(super) fn of(slot: *mut Slot) -> Self {
        Self { slot }
    }

    /// Where it begins; what would begin before the room or after it isn't written.
    #[inline(always)]
    pub(super) fn start(self) -> i64 {
        // SAFETY: within the slot.
        unsafe { (&raw const (*self.slot).walk.start).read_volatile() }
    }

    /// Kept in the slot, where the verifier does not follow it: a start that it knew would make every step of a walk
    /// different to it.
    #[inline(always)]
    pub(super) fn set_start(self, start: i64) {
        // SAFETY: within the slot.
        unsafe { (&raw mut (*self.slot).walk.start).write_volatile(start) };
    }

    /// Puts a name before what is there, after a slash.
    #[inline(always)]
    pub(super) fn put_name(self, name: Address, length: u32) {
        let length = at_most(length, MAX_NAME);
        if let Some(at) = self.grow(i64::from(length) + 1) {
            // SAFETY: it ends within the slack.
            unsafe {
                at.write(b'/');
                bpf_probe_read_kernel(at.add(1).cast(), length, name.pointer());
            }
        }
    }

    /// Puts these bytes before what is there.
    #[inline(always)]
    pub(super) fn put<const N: usize>(self, bytes: &[u8; N]) {
        const { assert!(N <= SLACK) };
        if let Some(at) = self.grow(N as i64) {
            // SAFETY: it ends within the slack.
            unsafe { at.cast::<[u8; N]>().write_unaligned(*bytes) };
        }
    }

    /// Puts a decimal number before what is there, which leaves room for it: to look for that after each digit would be
    /// many ways for the verifier.
    #[inline(always)]
    pub(super) fn put_number(self, mut number: u64) {
        for _ in 0..MAX_DIGITS {
            self.set_start(self.start() - 1);
            // SAFETY: within the room, wherever the text begins.
            unsafe { self.text().write(b'0' + (number % 10) as u8) };
            number /= 10;
            if number == 0 {
                break;
            }
        }
    }

    /// Begins so many bytes before; gives the place if it is in the room.
    #[inline(always)]
    fn grow(self, bytes: i64) -> Option<*mut u8> {
        let start = self.start() - bytes;
        self.set_start(start);
        if start < 0 || start >= MAX_TEXT_BYTES as i64 {
            return None;
        }
        Some(self.text())
    }

    /// The text, when it begins in the room.
    #[inline(always)]
    pub(super) fn text(self) -> *mut u8 {
        let start = self.start() as usize & (MAX_TEXT_BYTES - 1);
        // SAFETY: the index is within the room.
        unsafe { (&raw mut (*self.slot).path).cast::<u8>().add(start) }
    }
}
