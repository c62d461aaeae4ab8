//! The ring buffer of records, from the reader's side.

use std::os::fd::{AsFd, BorrowedFd};

use aya::maps::{Map, MapData, MapError, RingBuf};

/// The ring buffer of records.
pub struct Ring(RingBuf<MapData>);

impl Ring {
    pub(super) fn new(map: Map) -> Result<Self, MapError> {
        RingBuf::try_from(map).map(Self)
    }

    /// Takes the next record, in the order in which they were written; false where none waits.
    pub fn take(&mut self, read: impl FnOnce(&[u8])) -> bool {
        match self.0.next() {
            Some(record) => {
                read(&record);
                true
            }
            None => false,
        }
    }
}

/// Readable when much is waiting; a little does not wake anyone.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
