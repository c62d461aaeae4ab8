//! The memory of a process, read in small pieces.

use std::fs::File;
use std::io;

use crate::elf::MemoryAddress;
use crate::sweep::Sweep;

/// The memory of a process.
#[derive(Debug)]
pub struct Memory(File);

impl Memory {
    pub(super) fn new(file: File) -> Self {
        Self(file)
    }

    /// Begins to read it.
    #[must_use]
    pub fn reader(&self) -> MemoryReader<'_> {
        MemoryReader(Sweep::new(&self.0))
    }
}

/// Reads pieces of memory; quickly when their addresses ascend.
#[derive(Debug)]
pub struct MemoryReader<'a>(Sweep<'a>);

impl MemoryReader<'_> {
    /// The `length` bytes at the address; none where nothing is mapped, or the process has ended.
    ///
    /// # Errors
    /// When the system fails.
    pub fn bytes_at(&mut self, address: MemoryAddress, length: usize) -> io::Result<Option<&[u8]>> {
        match self.0.bytes_at(address.0, length) {
            Err(error) if matches!(error.raw_os_error(), Some(libc::EIO | libc::EFAULT | libc::EINVAL)) => Ok(None),
            answer => answer,
        }
    }
}
