//! The file beneath an image, read in bounded pieces.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::{ElfError, Part};

/// A regular file and how long it was when it was opened.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    length: u64,
}

impl Source {
    /// Opens the file; anything else that has a path is refused, and a pipe isn't waited for.
    pub(super) fn open(path: &Path) -> Result<Self, ElfError> {
        // A device may do something when it is opened, so it is looked at first.
        Self::check_kind(&path.metadata()?)?;
        Self::new(File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?)
    }

    /// Takes a file that is open already.
    pub(super) fn new(file: File) -> Result<Self, ElfError> {
        let metadata = file.metadata()?;
        Self::check_kind(&metadata)?;
        Ok(Self { file, length: metadata.len() })
    }

    fn check_kind(metadata: &std::fs::Metadata) -> Result<(), ElfError> {
        match metadata.file_type() {
            kind if kind.is_file() => Ok(()),
            kind if kind.is_dir() => Err(ElfError::Directory),
            _ => Err(ElfError::NotRegular),
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads a part of the file into memory, if it is there and not larger than `limit`.
    pub(super) fn read(&self, part: Part, offset: u64, size: u64, limit: u64) -> Result<Vec<u8>, ElfError> {
        let end = u128::from(offset) + u128::from(size);
        if end > u128::from(self.length) {
            return Err(ElfError::Truncated { part, end, length: self.length });
        }
        if size > limit {
            return Err(ElfError::TooLarge { part, size, limit });
        }
        let too_large = || ElfError::TooLarge { part, size, limit };
        let mut bytes = vec![0; usize::try_from(size).map_err(|_| too_large())?];
        match self.file.read_exact_at(&mut bytes, offset) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                let length = self.file.metadata().map_or(0, |now| now.len());
                Err(ElfError::Truncated { part, end, length })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Up to `size` bytes from the beginning.
    pub(super) fn beginning(&self, part: Part, size: u64) -> Result<Vec<u8>, ElfError> {
        self.read(part, 0, size.min(self.length), size)
    }
}
