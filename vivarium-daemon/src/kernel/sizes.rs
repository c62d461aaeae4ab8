//! How much memory the kernel side takes.

use std::str::FromStr;

use vivarium_sys::load::lane::PAGE_BYTES;

/// The size of the ring where nothing says otherwise.
const DEFAULT_RING: u32 = 16 << 20;
/// The smallest that holds a few of the largest records.
const SMALLEST_RING: u32 = 64 << 10;
/// The largest power of two that fits.
const LARGEST_RING: u32 = 1 << 30;

/// How many bytes the ring buffer of records has: a power of two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingSize(u32);

/// The text is no size of a ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("give a power of two between 64K and 1G, such as 16M")]
pub struct RingSizeError;

impl RingSize {
    /// How many bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0
    }

    /// When so many bytes wait, the reader is woken at once.
    #[must_use]
    pub const fn wake_bytes(self) -> u64 {
        self.0 as u64 / 8
    }
}

impl Default for RingSize {
    fn default() -> Self {
        Self(DEFAULT_RING)
    }
}

/// A number of bytes, or of `K`, `M` or `G`.
///
/// ```
/// use vivarium_daemon::kernel::RingSize;
/// assert_eq!("16M".parse(), Ok(RingSize::default()));
/// assert!("3M".parse::<RingSize>().is_err());
/// ```
impl FromStr for RingSize {
    type Err = RingSizeError;

    fn from_str(text: &str) -> Result<Self, RingSizeError> {
        let split = text.len() - text.ends_with(['k', 'K', 'm', 'M', 'g', 'G']) as usize;
        let (number, unit) = text.split_at(split);
        let shift = match unit {
            "k" | "K" => 10,
            "m" | "M" => 20,
            "g" | "G" => 30,
            _ => 0,
        };
        let number: u32 = number.parse().map_err(|_| RingSizeError)?;
        let bytes = number.checked_mul(1 << shift).ok_or(RingSizeError)?;
        let fits = bytes.is_power_of_two() && (SMALLEST_RING..=LARGEST_RING).contains(&bytes);
        if fits { Ok(Self(bytes)) } else { Err(RingSizeError) }
    }
}

/// How many lanes there are, and how long they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LaneSizes {
    /// One for each processor.
    pub(super) lanes: u32,
    /// How many pages each has: a power of two.
    pub(super) pages: u32,
}

impl LaneSizes {
    /// For so many processors, beside a ring of this size.
    pub(super) fn of(processors: u32, ring: RingSize) -> Self {
        /// All of them together have no more than this part of the ring, unless there are too many processors.
        const PART: u32 = 4;
        /// As much as is written to one while the reader sleeps.
        const MOST: u32 = 64;
        let together = ring.bytes() / PART / PAGE_BYTES as u32;
        let pages = (together / processors.max(1)).clamp(1, MOST);
        Self { lanes: processors, pages: 1 << pages.ilog2() }
    }

    /// How many pages there are.
    pub(super) const fn all_pages(self) -> u32 {
        self.lanes * self.pages
    }
}

/// How many records may be under construction at once, for this many processors: a power of two.
pub(super) fn scratch_entries(processors: u32) -> u32 {
    /// On each processor: one for a task, and those that interrupt it.
    const PER_PROCESSOR: u32 = 4;
    const LEAST: u32 = 64;
    (processors * PER_PROCESSOR).next_power_of_two().max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_ring_can_have_is_a_size() {
        let bytes = |text: &str| text.parse().map(RingSize::bytes);
        assert_eq!(bytes("65536"), Ok(64 << 10));
        assert_eq!(bytes("64k"), Ok(64 << 10));
        assert_eq!(bytes("1G"), Ok(1 << 30));
        for text in ["", "M", "0", "32K", "2G", "4G", "8G", "1.5M", "-1", "16MB", "99999999999", "16 M", "é"] {
            assert_eq!(bytes(text), Err(RingSizeError), "{text}");
        }
    }

    #[test]
    fn lanes_are_as_long_as_they_need_be_and_small_beside_the_ring() {
        let pages = |ring: &str, processors| LaneSizes::of(processors, ring.parse().unwrap()).pages;
        assert_eq!([1, 2, 4, 5, 64, 100, 1000].map(|processors| pages("16M", processors)), [64, 64, 64, 32, 4, 2, 1]);
        assert_eq!(["64K", "256K", "1M", "1G"].map(|ring| pages(ring, 2)), [1, 2, 8, 64]);
    }

    #[test]
    fn there_is_room_for_every_processor() {
        assert_eq!(scratch_entries(1), 64);
        assert_eq!(scratch_entries(16), 64);
        assert_eq!(scratch_entries(17), 128);
    }
}
