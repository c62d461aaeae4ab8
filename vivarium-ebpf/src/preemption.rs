//! Whether another program may run on this processor before one is done, and what that takes.
//!
//! A type and not a value: Linux 6.1 was seen to mistake what comes of a program that is compiled for both ways.

use crate::counts::Outcome;
use crate::identity::RealIds;
use crate::{atomic, lane, ring, scratch};

/// How a program runs.
pub(crate) trait Preemption {
    /// Room for a record, about this thread.
    fn claim(thread: u32) -> Option<u32>;
    /// Gives that back.
    fn release(index: u32);
    /// Whose the running thread is. What nothing preempts is what happens most.
    fn real_ids() -> RealIds;
    /// Sends a record that was built elsewhere.
    ///
    /// # Safety
    ///
    /// `bytes` bytes can be read at `record`.
    unsafe fn send_copy(record: *const u8, bytes: u64) -> Outcome;
    /// Adds one to a counter of this processor.
    ///
    /// # Safety
    ///
    /// `counter` points into the value of a map.
    unsafe fn add_one(counter: *mut u64);
}

/// Another program may run in between.
pub(crate) struct Preempted;

impl Preemption for Preempted {
    #[inline(always)]
    fn claim(thread: u32) -> Option<u32> {
        scratch::claim(thread)
    }

    #[inline(always)]
    fn release(index: u32) {
        scratch::release(index);
    }

    #[inline(always)]
    fn real_ids() -> RealIds {
        RealIds::current()
    }

    #[inline(always)]
    unsafe fn send_copy(record: *const u8, bytes: u64) -> Outcome {
        // SAFETY: the caller's promise.
        unsafe { ring::send_copy(record, bytes) }
    }

    #[inline(always)]
    unsafe fn add_one(counter: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { atomic::add(counter, 1) };
    }
}

/// None does, as with programs that see system calls return. Should a kernel preempt one nevertheless, it runs no other of them
/// on that processor meanwhile, and counts that.
pub(crate) struct Unpreempted;

impl Preemption for Unpreempted {
    #[inline(always)]
    fn claim(_: u32) -> Option<u32> {
        Some(scratch::of_this_processor())
    }

    #[inline(always)]
    fn release(_: u32) {}

    #[inline(always)]
    fn real_ids() -> RealIds {
        RealIds::plainly()
    }

    #[inline(always)]
    unsafe fn send_copy(record: *const u8, bytes: u64) -> Outcome {
        // SAFETY: the caller's promise, and that of the type.
        if unsafe { lane::send_copy(record, bytes) } {
            return Outcome::Submitted;
        }
        // SAFETY: the caller's promise.
        unsafe { ring::send_copy(record, bytes) }
    }

    #[inline(always)]
    unsafe fn add_one(counter: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { counter.write_volatile(counter.read_volatile() + 1) };
    }
}
