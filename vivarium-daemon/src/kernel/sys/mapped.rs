//! Memory that is shared with BPF programs.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

/// Memory of a map.
#[derive(Debug)]
pub(in crate::kernel) struct Mapped(MmapRaw);

impl Mapped {
    /// So many bytes from the beginning of a map.
    pub(in crate::kernel) fn new(map: BorrowedFd<'_>, bytes: usize) -> io::Result<Self> {
        MmapOptions::new().len(bytes).map_raw(map.as_raw_fd()).map(Self)
    }

    /// The same, of what nobody but the kernel writes to. Whoever stores something there is killed.
    pub(in crate::kernel) fn read_only(map: BorrowedFd<'_>, bytes: usize) -> io::Result<Self> {
        MmapOptions::new().len(bytes).map_raw_read_only(map.as_raw_fd()).map(Self)
    }

    /// A number. What was written before it, by whoever wrote it, is seen from now on.
    pub(in crate::kernel) fn load(&self, at: usize) -> u64 {
        self.number(at).load(Ordering::Acquire)
    }

    /// Writes a number, after everything else.
    pub(in crate::kernel) fn store(&self, at: usize, value: u64) {
        self.number(at).store(value, Ordering::Release);
    }

    fn number(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(size_of::<u64>()) && at + size_of::<u64>() <= self.0.len(), "a number at {at}");
        // SAFETY: it is within the memory and aligned there, which lives as long as this; all others use it atomically.
        unsafe { AtomicU64::from_ptr(self.0.as_mut_ptr().add(at).cast()) }
    }

    /// Some bytes.
    ///
    /// # Safety
    /// Nobody writes there for as long as they are used.
    pub(in crate::kernel) unsafe fn bytes(&self, at: usize, length: usize) -> &[u8] {
        assert!(length <= self.0.len() && at <= self.0.len() - length, "{length} bytes at {at}");
        // SAFETY: they are within the memory, which lives as long as this; for the rest, the caller's promise.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().add(at), length) }
    }
}
