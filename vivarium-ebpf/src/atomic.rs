//! Atomic operations on words that other programs write too: these programs can be preempted in the middle.

use core::intrinsics::{AtomicOrdering, atomic_cxchg, atomic_xadd};

/// Adds to a counter.
///
/// # Safety
///
/// `counter` points to a value of a map.
#[inline(always)]
pub(crate) unsafe fn add(counter: *mut u64, amount: u64) {
    // SAFETY: the caller's promise.
    unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(counter, amount) };
}

/// Replaces a word, if it is what it is thought to be.
///
/// # Safety
///
/// `word` points to a value of a map.
#[inline(always)]
pub(crate) unsafe fn replace(word: *mut u64, before: u64, after: u64) -> bool {
    // SAFETY: the caller's promise.
    let (_, replaced) =
        unsafe { atomic_cxchg::<u64, { AtomicOrdering::SeqCst }, { AtomicOrdering::SeqCst }>(word, before, after) };
    replaced
}

/// Makes one of a zero; false when it was one already.
///
/// # Safety
///
/// `flag` points to a value of a map.
#[inline(always)]
pub(crate) unsafe fn claim(flag: *mut u64) -> bool {
    // SAFETY: the caller's promise.
    let (_, claimed) =
        unsafe { atomic_cxchg::<u64, { AtomicOrdering::SeqCst }, { AtomicOrdering::SeqCst }>(flag, 0, 1) };
    claimed
}
