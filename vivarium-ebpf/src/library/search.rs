//! Looking for a byte, without a branch: the verifier would go both ways at each.

/// A byte in each place of a word.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// A bit in the place of the first byte of this value, if there is one, and in none before it.
#[inline(always)]
pub(super) fn first(word: u64, byte: u8) -> u64 {
    let differs = word ^ each(byte);
    differs.wrapping_sub(each(1)) & !differs & each(0x80)
}

/// How many bytes come before the first one that is found, of so many words; all of them where none is.
///
/// # Safety
///
/// There are so many words at `start`, which is aligned as they are.
#[inline(always)]
pub(super) unsafe fn bytes_before(start: *const u8, words: usize, find: impl Fn(u64) -> u64) -> u64 {
    let (mut before, mut goes_on) = (0, 1);
    for at in 0..words {
        // SAFETY: the caller's promise.
        let found = find(unsafe { start.cast::<u64>().add(at).read_volatile() });
        let is_found = (found | found.wrapping_neg()) >> 63;
        // All bits below the one that was found, of which there is one in each byte up to its own.
        let below = (found & found.wrapping_neg()).wrapping_sub(1);
        let bytes = (below & each(1)).wrapping_mul(each(1)) >> 56;
        before += goes_on * (bytes - is_found);
        goes_on &= is_found ^ 1;
    }
    before
}
