//! The flags of an open.

/// `O_WRONLY`.
pub(crate) const WRITE_ONLY: u64 = 0o1;
/// `O_CREAT`.
pub(crate) const CREATE: u64 = 0o100;
/// `O_TRUNC`.
pub(crate) const TRUNCATE: u64 = 0o1000;
/// `O_LARGEFILE`, which the kernel sets in every open of a 64-bit program.
const LARGE_FILE: u64 = 0o100_000;
/// The bit of `O_TMPFILE` that isn't `O_DIRECTORY`.
const UNNAMED: u64 = 0o20_000_000;

/// What is told of the flags, so that they are the same however they were seen.
#[inline(always)]
pub(crate) fn told(flags: u64) -> u64 {
    flags & !LARGE_FILE
}

/// Whether a file may be created.
#[inline(always)]
pub(crate) fn creates(flags: u64) -> bool {
    flags & (CREATE | UNNAMED) != 0
}
