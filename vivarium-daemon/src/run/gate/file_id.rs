//! Which file a file is, and in which state.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use nix::sys::stat::FileStat;

/// A file and when it last changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct FileId(pub(super) [u64; 4]);

impl FileId {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let changed = [metadata.ctime().cast_unsigned(), metadata.ctime_nsec().cast_unsigned()];
        Self([metadata.dev(), metadata.ino(), changed[0], changed[1]])
    }

    pub(super) fn of_stat(stat: &FileStat) -> Self {
        Self([stat.st_dev, stat.st_ino, stat.st_ctime.cast_unsigned(), stat.st_ctime_nsec.cast_unsigned()])
    }
}
