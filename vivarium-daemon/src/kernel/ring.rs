//! The ways out of the kernel, from the reader's side: the ring buffer of records, and the lanes beside it.
//!
//! Whoever writes a record has seen the end of everything that led to it: its thread's records before, that of the fork that made
//! its thread. So what is taken is the record with the earliest time of those that are the first where they are, once everywhere
//! else has been looked at after it was seen: what led to it was there by then, and has an earlier time. In the ring records are
//! in the order in which room was reserved for them, which may be another one than that of their times. But each has its time before
//! its room, and what led to a record has its room before that begins: so it has an earlier place than whatever has a later time.

mod lanes;

use std::io;
use std::mem::offset_of;
use std::os::fd::{AsFd, BorrowedFd};

use aya::maps::{Map, MapData, MapError, RingBuf};
use nix::unistd::{SysconfVar, sysconf};
use vivarium_sys::wire::{Header, SPAN_BYTES, WholeSpan};

use self::lanes::Lanes;
use super::sizes::LaneSizes;
use super::sys::Mapped;

/// The records, as they come from the kernel.
///
/// To be read, all of the ring is mapped, twice in a row, so that none is cut in two. Whoever reads nothing for a while does
/// without.
pub struct Ring {
    map: MapData,
    reader: Option<RingBuf<MapData>>,
    positions: Positions,
    lanes: Lanes,
    #[expect(dead_code, reason = "programs that are loaded later on name them by their descriptors")]
    lane_maps: [MapData; 2],
    /// The first record of the ring, where those of lanes come before it.
    held: Option<Held>,
    /// The stop of the span whose start was taken last, where both were one record.
    stop: Option<[u8; SPAN_BYTES]>,
}

/// A record that was taken from the ring before its turn.
struct Held {
    time: u64,
    record: Vec<u8>,
}

/// How far the ring is read and written, each in a page of its own.
struct Positions {
    memory: Mapped,
    page: usize,
}

impl Ring {
    pub(super) fn new(ring: Map, lanes: [Map; 2], sizes: LaneSizes) -> Result<Self, MapError> {
        // It says what is wrong with one that is none.
        let map = match ring {
            Map::RingBuf(map) => map,
            other => return RingBuf::try_from(other).and(Err(MapError::ElementNotFound)),
        };
        let [Map::Array(lanes), Map::Array(pages)] = lanes else { return Err(MapError::ElementNotFound) };
        let lane_maps = [lanes, pages];
        let [lanes, pages] = lane_maps.each_ref().map(|map| map.fd().as_fd());
        let lanes = Lanes::new(lanes, pages, sizes)?;
        let positions = Positions::of(map.fd().as_fd())?;
        let mut ring = Self { map, reader: None, positions, lanes, lane_maps, held: None, stop: None };
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

    /// Takes the next record; false where none waits, or only what something comes before that isn't there yet.
    pub fn take(&mut self, read: impl FnOnce(&[u8])) -> bool {
        if let Some(stop) = self.stop.take() {
            read(&stop);
            return true;
        }
        let Self { reader: Some(reader), positions, lanes, held, stop, .. } = self else { return false };
        loop {
            let mut is_pending = false;
            if held.is_none() {
                let written = positions.written();
                match reader.next() {
                    Some(record) => {
                        lanes.look();
                        let time = time_of(&record);
                        if lanes.first().is_none_or(|first| time <= first.time) {
                            pass_on(&record, stop, read);
                            return true;
                        }
                        *held = Some(Held { time, record: record.to_vec() });
                        continue;
                    }
                    // Room is reserved for it, and nobody knows when it is from.
                    None => is_pending = positions.read() < written,
                }
            }
            lanes.look();
            let first = lanes.first();
            if let Some(own) = held.take_if(|own| first.is_none_or(|first| own.time <= first.time)) {
                pass_on(&own.record, stop, read);
                return true;
            }
            match first {
                None => return false,
                Some(_) if is_pending => return false,
                Some(first) if first.is_settled => {
                    lanes.take(first, |record| pass_on(record, stop, read));
                    return true;
                }
                // It was not there yet when the ring was looked at.
                Some(_) => {}
            }
        }
    }
}

/// Passes a record on, or the two that are in it.
fn pass_on(record: &[u8], stop: &mut Option<[u8; SPAN_BYTES]>, read: impl FnOnce(&[u8])) {
    match WholeSpan::unfold(record) {
        Some([start, its_stop]) => {
            *stop = Some(its_stop);
            read(&start);
        }
        None => read(record),
    }
}

/// The time of a record.
fn time_of(record: &[u8]) -> u64 {
    let time = record.get(offset_of!(Header, time)..).and_then(<[u8]>::first_chunk);
    time.map_or(0, |time| u64::from_ne_bytes(*time))
}

impl Positions {
    fn of(ring: BorrowedFd<'_>) -> io::Result<Self> {
        let page = sysconf(SysconfVar::PAGE_SIZE)?.and_then(|page| usize::try_from(page).ok()).unwrap_or(4096);
        Ok(Self { memory: Mapped::read_only(ring, 2 * page)?, page })
    }

    fn read(&self) -> u64 {
        self.memory.load(0)
    }

    fn written(&self) -> u64 {
        self.memory.load(self.page)
    }
}

/// Readable when much is waiting; a little does not wake anyone.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.fd().as_fd()
    }
}
