//! The ring buffer of records, from the reader's side.

use std::os::fd::{AsFd, BorrowedFd};

use aya::maps::{Map, MapData, MapError, RingBuf};
use vivarium_sys::wire::{SPAN_BYTES, WholeSpan};

/// The ring buffer of records.
///
/// To be read, all of it is mapped, twice in a row, so that none is cut in two. Whoever reads nothing for a while does without.
pub struct Ring {
    map: MapData,
    reader: Option<RingBuf<MapData>>,
    /// The stop of the span whose start was taken last, where both were one record.
    stop: Option<[u8; SPAN_BYTES]>,
}

impl Ring {
    pub(super) fn new(map: Map) -> Result<Self, MapError> {
        // It says what is wrong with one that is none.
        let map = match map {
            Map::RingBuf(map) => map,
            other => return RingBuf::try_from(other).and(Err(MapError::ElementNotFound)),
        };
        let mut ring = Self { map, reader: None, stop: None };
        ring.wake()?;
        Ok(ring)
    }

    /// Gets ready to read, from where it was read up to.
    ///
    /// # Errors
    /// When there is no memory to map it.
    pub fn wake(&mut self) -> Result<(), MapError> {
        if self.reader.is_none() {
            let copy = self.map.fd().as_fd().try_clone_to_owned()?;
            self.reader = Some(RingBuf::try_from(Map::RingBuf(MapData::from_fd(copy)?))?);
        }
        Ok(())
    }

    /// Does without it until it is to be read again.
    pub fn rest(&mut self) {
        self.reader = None;
    }

    /// Takes the next record, in the order in which they were written; false where none waits.
    pub fn take(&mut self, read: impl FnOnce(&[u8])) -> bool {
        if let Some(stop) = self.stop.take() {
            read(&stop);
            return true;
        }
        let Some(record) = self.reader.as_mut().and_then(RingBuf::next) else { return false };
        match WholeSpan::unfold(&record) {
            Some([start, stop]) => {
                self.stop = Some(stop);
                read(&start);
            }
            None => read(&record),
        }
        true
    }
}

/// Readable when much is waiting; a little does not wake anyone.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.fd().as_fd()
    }
}
