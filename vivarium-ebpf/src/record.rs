//! A record that is built in scratch room: numbers, then texts of any length, one after the other.

use aya_ebpf::helpers::bpf_ktime_get_ns;
use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use vivarium_sys::wire::{
    HEADER_BYTES, Header, MAX_RECORD_BYTES, MAX_TEXT_BYTES, MAX_TEXTS, TextLength, UNKNOWN_NUMBER,
};

use crate::bounds::{at_most, below};
use crate::counts::Outcome;
use crate::header::{self, Subject};
use crate::preemption::{Preempted, Preemption};
use crate::result::Answer;
use crate::scratch::{self, Slot};
use crate::thread::Thread;

/// The error of a call that was given an address that can't be read.
const EFAULT: i32 = 14;

/// A record with so many numbers and texts, all of them unknown until they are set.
pub(crate) struct Record<const NUMBERS: usize, const TEXTS: usize> {
    /// The slot that it is built in.
    index: u32,
    slot: *mut Slot,
    /// How many bytes of texts there are.
    used: u32,
    bad_address: bool,
}

impl<const NUMBERS: usize, const TEXTS: usize> Record<NUMBERS, TEXTS> {
    const LENGTHS_AT: usize = HEADER_BYTES + NUMBERS * size_of::<u64>();
    const TEXTS_AT: usize = Self::LENGTHS_AT + TEXTS * size_of::<TextLength>();

    /// Builds and sends a record about the running thread.
    #[inline(always)]
    pub(crate) fn send(thread: &Thread, subject: Subject, fill: impl FnOnce(&mut Self)) -> Outcome {
        Self::send_by::<Preempted>(thread, subject, fill)
    }

    /// The same, in a program that runs so.
    #[inline(always)]
    pub(crate) fn send_by<P: Preemption>(thread: &Thread, subject: Subject, fill: impl FnOnce(&mut Self)) -> Outcome {
        let Some(index) = P::claim(thread.ids.thread) else {
            return Outcome::Dropped;
        };
        let Some(slot) = scratch::slot(index) else {
            return Outcome::Dropped;
        };
        let mut record = Self { index, slot, used: 0, bad_address: subject.result == Answer::Known(-EFAULT) };
        // SAFETY: the slot has room for the head and is claimed.
        unsafe { header::write_for(record.at::<Header>(0), thread, P::real_ids(), subject, bpf_ktime_get_ns()) };
        for at in 0..NUMBERS {
            record.forget_number(at);
        }
        for at in 0..TEXTS {
            record.set_length(at, TextLength::UNKNOWN);
        }
        fill(&mut record);
        let outcome = record.submit::<P>();
        P::release(index);
        outcome
    }

    /// Sets a number.
    #[inline(always)]
    pub(crate) fn number(&mut self, at: usize, value: u64) {
        // SAFETY: numbers follow the head.
        unsafe { self.at::<u64>(HEADER_BYTES + at * size_of::<u64>()).write(value) };
    }

    /// Says that a number is not known.
    #[inline(always)]
    fn forget_number(&mut self, at: usize) {
        // SAFETY: as above. Volatile, since the compiler makes of several a call that writes byte by byte.
        unsafe { self.at::<u64>(HEADER_BYTES + at * size_of::<u64>()).write_volatile(UNKNOWN_NUMBER) };
    }

    /// Sets a text, by writing it after those before it and telling how long it is.
    #[inline(always)]
    pub(crate) fn text(&mut self, at: usize, write: impl FnOnce(Room) -> TextLength) {
        let used = below::<{ (MAX_TEXTS * MAX_TEXT_BYTES) as u32 }>(self.used);
        let start = Self::TEXTS_AT + used as usize;
        let length =
            write(Room { index: self.index, slot: self.slot, start: start as u32, bad_address: self.bad_address });
        self.set_length(at, length);
        self.used = used + length.kept;
    }

    #[inline(always)]
    fn set_length(&mut self, at: usize, length: TextLength) {
        // SAFETY: lengths follow the numbers.
        unsafe { self.at::<TextLength>(Self::LENGTHS_AT + at * size_of::<TextLength>()).write(length) };
    }

    #[inline(always)]
    fn submit<P: Preemption>(self) -> Outcome {
        let end = Self::TEXTS_AT + at_most(self.used, (TEXTS * MAX_TEXT_BYTES) as u32) as usize;
        // SAFETY: the end of the texts is within the slot.
        unsafe {
            // What was there before is nobody's business.
            self.at::<u64>(end).write_unaligned(0);
            P::send_copy(self.at(0), ((end + 7) & !7) as u64)
        }
    }

    /// A place in the record.
    #[inline(always)]
    fn at<T>(&self, offset: usize) -> *mut T {
        // SAFETY: all offsets are within the slot, as the verifier checks.
        unsafe { (&raw mut (*self.slot).record).cast::<u8>().add(offset).cast() }
    }
}

/// Room for a text of [`MAX_TEXT_BYTES`].
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// The slot that the record is built in.
    pub(crate) index: u32,
    pub(crate) slot: *mut Slot,
    /// Where in the record it begins.
    pub(crate) start: u32,
    /// Whether what is told of failed because of an address that can't be read.
    pub(crate) bad_address: bool,
}

impl Room {
    /// The room in this slot that begins there in the record, for a text that no call was given.
    #[inline(always)]
    pub(crate) fn at(index: u32, start: u32) -> Option<Self> {
        let start = at_most(start, MAX_RECORD_BYTES as u32);
        Some(Self { index, slot: scratch::slot(index)?, start, bad_address: false })
    }

    /// Where the text begins.
    #[inline(always)]
    pub(crate) fn start(self) -> *mut u8 {
        // SAFETY: within the slot, as the verifier checks.
        unsafe { (&raw mut (*self.slot).record).cast::<u8>().add(self.start as usize) }
    }

    /// Copies a text that was built elsewhere in the slot.
    ///
    /// # Safety
    ///
    /// There are `kept` bytes at `text`.
    #[inline(always)]
    pub(crate) unsafe fn copy(self, text: *const u8, kept: u32) {
        // SAFETY: there is room for it.
        unsafe { bpf_probe_read_kernel(self.start().cast(), kept, text.cast()) };
    }
}
