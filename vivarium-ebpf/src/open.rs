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

/// The open has created the file, a bit of its `f_mode`.
const CREATED: u32 = 1 << 20;

/// Whether the open that gave a file this `f_mode` has created it.
#[inline(always)]
pub(crate) fn has_created(mode: u32) -> bool {
    mode & CREATED != 0
}

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
