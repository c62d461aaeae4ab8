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

/// The value, which is below the limit, a power of two, anyway. Unlike a comparison this is no second way for the verifier
/// to go; that of Linux 6.1 goes it with a value that cannot be.
#[inline(always)]
pub(crate) fn below<const LIMIT: u32>(value: u32) -> u32 {
    const { assert!(LIMIT.is_power_of_two()) };
    black_box(value) & (LIMIT - 1)
}
