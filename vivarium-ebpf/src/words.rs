//! Words that are copied one by one.
//!
//! Of a loop that copies, the compiler makes a call that goes byte by byte, or leaves it a loop, which costs more than what it does.

/// How many words are copied at most.
pub(crate) const LIMIT: usize = 16;

/// Does something for each number below `$count`, which the compiler knows.
macro_rules! unrolled {
    ($count:expr, $each:expr, $($at:literal)+) => {
        $(if $at < $count {
            $each($at);
        })+
    };
}

/// Copies so many words, at most [`LIMIT`].
///
/// # Safety
///
/// They can be read at `from` and written at `to`.
#[inline(always)]
pub(crate) unsafe fn copy<const WORDS: usize>(from: *const u64, to: *mut u64) {
    const { assert!(WORDS <= LIMIT) };
    // SAFETY: the caller's promise. Volatile, so that each is a load and a store.
    let copy = |at| unsafe { to.add(at).write_volatile(from.add(at).read_volatile()) };
    unrolled!(WORDS, copy, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}
