//! The lanes, from the reader's side.

use std::io;
use std::mem::offset_of;
use std::os::fd::BorrowedFd;

use vivarium_sys::load::lane::{LENGTH_BYTES, Lane, MAX_LANE_RECORD, PAGE_BYTES, Page, after};

use super::time_of;
use crate::kernel::sizes::LaneSizes;
use crate::kernel::sys::Mapped;

/// The lanes of all processors.
pub(super) struct Lanes {
    lanes: Vec<Reading>,
    /// How far they are written and read.
    positions: Mapped,
    pages: Mapped,
    /// How many pages one has.
    length: u64,
}

/// One lane.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    /// How far it is read.
    read: u64,
    /// How far the kernel was told that it is.
    told: u64,
    /// How far it is known to be written.
    written: u64,
    /// How far that was known before it was looked at last.
    seen: u64,
    /// The time of the first record that isn't read.
    time: Option<u64>,
}

/// The first record of all lanes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct First {
    lane: usize,
    pub(super) time: u64,
    /// Whether it was there already when the lanes were looked at last.
    pub(super) is_settled: bool,
}

impl Lanes {
    /// In these maps.
    pub(super) fn new(lanes: BorrowedFd<'_>, pages: BorrowedFd<'_>, sizes: LaneSizes) -> io::Result<Self> {
        Ok(Self {
            lanes: vec![Reading::default(); sizes.lanes as usize],
            positions: Mapped::new(lanes, sizes.lanes as usize * size_of::<Lane>())?,
            pages: Mapped::new(pages, sizes.all_pages() as usize * size_of::<Page>())?,
            length: sizes.pages.into(),
        })
    }

    /// Looks at all of which no record is known.
    pub(super) fn look(&mut self) {
        for number in 0..self.lanes.len() {
            let written = number * size_of::<Lane>() + offset_of!(Lane, written);
            let lane = &mut self.lanes[number];
            lane.seen = lane.written;
            if lane.read == lane.written {
                lane.written = self.positions.load(written);
                self.lanes[number].time = self.record(number).map(time_of);
            }
        }
    }

    /// The first record.
    pub(super) fn first(&self) -> Option<First> {
        let firsts = self.lanes.iter().enumerate().filter_map(|(number, lane)| {
            Some(First { lane: number, time: lane.time?, is_settled: lane.read < lane.seen })
        });
        firsts.min_by_key(|first| first.time)
    }

    /// Takes it.
    pub(super) fn take(&mut self, first: First, read: impl FnOnce(&[u8])) {
        let Some(record) = self.record(first.lane) else { return };
        read(record);
        let length = record.len() as u64;
        let lane = &mut self.lanes[first.lane];
        lane.read = after(lane.read, length);
        let (done, told) = (lane.read, lane.told);
        let time = self.record(first.lane).map(time_of);
        let lane = &mut self.lanes[first.lane];
        lane.time = time;
        // To tell takes time of the processor that writes there.
        if time.is_none() || done - told >= self.length * PAGE_BYTES as u64 / 4 {
            lane.told = done;
            self.positions.store(first.lane * size_of::<Lane>() + offset_of!(Lane, read), done);
        }
    }

    /// The first record of a lane that isn't read.
    fn record(&self, number: usize) -> Option<&[u8]> {
        let lane = &self.lanes[number];
        if lane.read == lane.written {
            return None;
        }
        let page = number as u64 * self.length + lane.read / PAGE_BYTES as u64 % self.length;
        let at = page as usize * size_of::<Page>() + (lane.read % PAGE_BYTES as u64) as usize;
        let length = (self.pages.load(at) as usize).min(MAX_LANE_RECORD);
        // SAFETY: the kernel writes nothing between how far it was told that is read and how far it has written.
        Some(unsafe { self.pages.bytes(at + LENGTH_BYTES, length) })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use vivarium_sys::load::lane::{AT_A_GO, has_room};
    use vivarium_sys::wire::{HEADER_BYTES, Header};

    use super::*;

    /// What the kernel does.
    struct Kernel {
        positions: Mapped,
        pages: File,
        sizes: LaneSizes,
        written: Vec<u64>,
    }

    impl Kernel {
        fn new(sizes: LaneSizes) -> (Self, Lanes) {
            let memory = |bytes: usize| {
                let file = tempfile::tempfile().unwrap();
                file.set_len(bytes as u64).unwrap();
                file
            };
            let positions = memory(sizes.lanes as usize * size_of::<Lane>());
            let pages = memory(sizes.all_pages() as usize * size_of::<Page>());
            let lanes = Lanes::new(positions.as_fd(), pages.as_fd(), sizes).unwrap();
            let positions = Mapped::new(positions.as_fd(), sizes.lanes as usize * size_of::<Lane>()).unwrap();
            (Self { positions, pages, sizes, written: vec![0; sizes.lanes as usize] }, lanes)
        }

        /// Writes a record of this time, which says its time once more in all that it has beyond a head; false where there is no
        /// room.
        fn write(&mut self, lane: usize, time: u64, words: usize) -> bool {
            let mut record = vec![0; HEADER_BYTES];
            record[offset_of!(Header, time)..][..8].copy_from_slice(&time.to_ne_bytes());
            (0..words).for_each(|_| record.extend(time.to_ne_bytes()));
            let (at, next) = (self.written[lane], after(self.written[lane], record.len() as u64));
            let read = self.positions.load(lane * size_of::<Lane>() + offset_of!(Lane, read));
            if !has_room(self.sizes.pages, next, read) {
                return false;
            }
            let page = lane as u64 * u64::from(self.sizes.pages) + at / PAGE_BYTES as u64 % u64::from(self.sizes.pages);
            let place = page * size_of::<Page>() as u64 + at % PAGE_BYTES as u64;
            let length = (record.len() as u64).to_ne_bytes();
            record.resize(record.len().max(AT_A_GO), 0xff);
            std::os::unix::fs::FileExt::write_all_at(&self.pages, &[&length, record.as_slice()].concat(), place)
                .unwrap();
            self.written[lane] = next;
            self.positions.store(lane * size_of::<Lane>() + offset_of!(Lane, written), next);
            true
        }
    }

    /// Takes the first record, of which all is what was written.
    fn take(lanes: &mut Lanes) -> Option<u64> {
        lanes.look();
        let first = lanes.first()?;
        lanes.take(first, |record| {
            let words = record[HEADER_BYTES..].chunks(8);
            assert!(words.into_iter().all(|word| word == first.time.to_ne_bytes()), "{record:?}");
            assert_eq!(time_of(record), first.time);
        });
        Some(first.time)
    }

    #[test]
    fn records_are_taken_in_the_order_of_their_times() {
        let (mut kernel, mut lanes) = Kernel::new(LaneSizes { lanes: 3, pages: 1 });
        for (lane, time) in [(2, 10), (0, 20), (0, 40), (1, 30), (2, 50)] {
            assert!(kernel.write(lane, time, 1));
        }
        let times: Vec<_> = std::iter::from_fn(|| take(&mut lanes)).collect();
        assert_eq!(times, [10, 20, 30, 40, 50]);
    }

    #[test]
    fn what_has_just_come_is_not_settled() {
        let (mut kernel, mut lanes) = Kernel::new(LaneSizes { lanes: 2, pages: 1 });
        kernel.write(0, 20, 0);
        lanes.look();
        assert!(!lanes.first().unwrap().is_settled);
        kernel.write(1, 10, 0);
        lanes.look();
        let first = lanes.first().unwrap();
        assert_eq!((first.time, first.is_settled), (10, false), "it is before the other one, which is");
        lanes.look();
        assert!(lanes.first().unwrap().is_settled);
    }

    #[test]
    fn a_lane_goes_on_at_its_beginning_and_is_never_written_over() {
        let (mut kernel, mut lanes) = Kernel::new(LaneSizes { lanes: 2, pages: 2 });
        let (mut written, mut taken, mut full) = (0, 0, 0);
        while taken < 20_000 {
            // Records of every length, read in gulps that don't fit them.
            if kernel.write(1, written + 1, (written % 50) as usize) {
                written += 1;
                continue;
            }
            full += 1;
            for _ in 0..written % 97 + 1 {
                let Some(time) = take(&mut lanes) else { break };
                taken += 1;
                assert_eq!(time, taken);
            }
        }
        assert!(full > 100, "it was never full");
    }
}
