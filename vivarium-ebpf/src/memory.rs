//! Memory that is mapped.

/// `PROT_WRITE`, and `VM_WRITE`.
pub(crate) const WRITABLE: u64 = 2;
/// `PROT_EXEC`, and `VM_EXEC`.
pub(crate) const EXECUTABLE: u64 = 4;
/// `MAP_ANONYMOUS`.
pub(crate) const ANONYMOUS: u64 = 0x20;
/// `MAP_DENYWRITE` and `MAP_EXECUTABLE`, which mean nothing.
const MEANINGLESS: u64 = 0x1800;

/// What is told of the flags of a mapping, so that they are the same however they were seen.
#[inline(always)]
pub(crate) fn told(flags: u64) -> u64 {
    flags & !MEANINGLESS
}
