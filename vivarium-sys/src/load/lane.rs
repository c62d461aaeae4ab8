//! Lanes: the short way out of the kernel, a buffer for each processor that nobody else writes to.
//!
//! It consists of pages. A record lies in one of them behind its length. One that begins before the end of a page may go on beyond
//! it, so that none is cut in two, and the next one begins on the next page; after the last page comes the first.

/// How many bytes a page has, a power of two.
pub const PAGE_BYTES: usize = 16 << 10;
/// The longest record that takes a lane.
pub const MAX_LANE_RECORD: usize = 512;
/// What stands before a record: its length.
pub const LENGTH_BYTES: usize = size_of::<u64>();

/// So many bytes are written at the least where a record is shorter, so that most can be copied at a go.
pub const AT_A_GO: usize = 128;

/// How far the lane of one processor is written and read, in bytes from its beginning, laps included.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Lane {
    /// Only that processor changes it.
    pub written: u64,
    /// How far it was read when that processor looked last: it looks only when there seems to be no room, for the line of the cache
    /// that the reader writes to comes from another processor each time.
    pub known: u64,
    /// Only the reader changes it. It is in another line of the cache.
    pub read: ReadUpTo,
}

/// How far a lane is read.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct ReadUpTo(pub u64);

/// A page, with what the last record may have beyond its end.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Page(pub [u8; PAGE_BYTES + LENGTH_BYTES + MAX_LANE_RECORD]);

/// Where the next record begins after the one that begins there and has this length, a multiple of eight.
///
/// ```
/// use vivarium_sys::load::lane::{PAGE_BYTES, after};
/// assert_eq!(after(64, 120), 64 + 8 + 120);
/// assert_eq!(after(PAGE_BYTES as u64 - 8, 120), PAGE_BYTES as u64);
/// ```
#[must_use]
#[inline(always)]
pub const fn after(at: u64, length: u64) -> u64 {
    const PAGE: u64 = PAGE_BYTES as u64;
    let end = at + LENGTH_BYTES as u64 + length;
    if at / PAGE == end / PAGE { end } else { end / PAGE * PAGE }
}

/// Whether a lane of so many pages has room to go on up to there, and for what may be written beyond that, when it is read up to
/// here.
#[must_use]
#[inline(always)]
pub const fn has_room(pages: u32, next: u64, read: u64) -> bool {
    next.wrapping_add(AT_A_GO as u64).wrapping_sub(read) <= pages as u64 * PAGE_BYTES as u64
}
