//! Bounds that the verifier sees.

use core::hint::black_box;

/// The value, or the limit if that is less.
///
/// The compiler likes to compare something else that comes to the same, after which the verifier knows nothing of the value
/// itself.
#[inline(always)]
pub(crate) fn at_most(value: u32, limit: u32) -> u32 {
    let value = black_box(value);
    if value > limit { limit } else { value }
}
