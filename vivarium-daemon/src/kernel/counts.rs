//! What the kernel side counted.

use std::io;

use aya::maps::{Map, MapData, MapError, PerCpuArray};
use vivarium_sys::load::Oddity;
use vivarium_sys::wire::{COUNTERS, Counts};

use super::pod::CountsValue;
use super::programs::Programs;
use super::undisturbed::Undisturbed;

/// The counters of the kernel side, one of each for every processor.
pub(super) struct Counters {
    counts: Undisturbed<PerCpuArray<MapData, CountsValue>>,
    oddities: Undisturbed<PerCpuArray<MapData, u64>>,
}

/// What was counted up to a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// In the order of [`counter_index`](vivarium_sys::wire::counter_index).
    pub counts: Vec<Counts>,
    /// In the order of [`Oddity::ALL`].
    pub oddities: Vec<u64>,
    /// How often the kernel skipped a program, for each by its name. It does that where the program is running already on a
    /// processor; for whom it should have run then, nobody knows.
    pub skipped: Vec<(&'static str, u64)>,
}

/// The kernel does not tell what was counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TallyError {
    /// Not what its programs counted.
    #[error("cannot read the counters of the BPF programs")]
    Map(#[from] MapError),
    /// Not what it counted itself.
    #[error("cannot ask the kernel about its BPF programs")]
    Programs(#[from] io::Error),
}

impl Counters {
    pub(super) fn new(counts: Map, oddities: Map) -> Result<Self, MapError> {
        Ok(Self { counts: Undisturbed::new(counts)?, oddities: Undisturbed::new(oddities)? })
    }

    /// What has been counted up to now.
    pub(super) fn read(&self, programs: &Programs) -> Result<Tally, TallyError> {
        let counts = self.counts.ask(|counts| {
            let count = |index| -> Result<Counts, MapError> {
                let processors = counts.get(&index, 0)?;
                Ok(processors.iter().fold(Counts::default(), |sum, value| combine(sum, value.0, u64::wrapping_add)))
            };
            (0..COUNTERS).map(count).collect::<Result<_, _>>()
        })?;
        let oddities = self.oddities.ask(|oddities| {
            let count = |oddity: &Oddity| -> Result<u64, MapError> {
                let processors = oddities.get(&(*oddity as u32), 0)?;
                Ok(processors.iter().copied().fold(0, u64::wrapping_add))
            };
            Oddity::ALL.iter().map(count).collect::<Result<_, _>>()
        })?;
        Ok(Tally { counts, oddities, skipped: programs.times_skipped()? })
    }
}

impl Tally {
    /// What was counted after `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let counts = self.counts.iter().zip(&before.counts);
        let oddities = self.oddities.iter().zip(&before.oddities);
        let skipped = self.skipped.iter().zip(&before.skipped);
        Self {
            counts: counts.map(|(now, before)| combine(*now, *before, u64::wrapping_sub)).collect(),
            oddities: oddities.map(|(now, before)| not_below_zero(now.wrapping_sub(*before))).collect(),
            skipped: skipped.map(|((name, now), (_, before))| (*name, now.wrapping_sub(*before))).collect(),
        }
    }

    /// Whether everything that was seen is accounted for. It is not while a program is between two of its counters.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.counts.iter().all(|counts| counts.seen == counts.submitted + counts.filtered + counts.dropped)
    }
}

/// A count that another program may take back before it is made, as of the execs that are told of.
pub(crate) fn not_below_zero(count: u64) -> u64 {
    count.cast_signed().max(0).cast_unsigned()
}

fn combine(one: Counts, other: Counts, operation: fn(u64, u64) -> u64) -> Counts {
    Counts {
        seen: operation(one.seen, other.seen),
        submitted: operation(one.submitted, other.submitted),
        filtered: operation(one.filtered, other.filtered),
        dropped: operation(one.dropped, other.dropped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(seen: u64, submitted: u64, filtered: u64, dropped: u64) -> Counts {
        Counts { seen, submitted, filtered, dropped }
    }

    #[test]
    fn a_session_has_only_what_came_after_its_beginning() {
        let before = Tally { counts: vec![counts(5, 3, 1, 1)], oddities: vec![2], skipped: vec![("task_fork", 7)] };
        let now = Tally { counts: vec![counts(9, 5, 2, 2)], oddities: vec![2], skipped: vec![("task_fork", 8)] };
        let session = Tally { counts: vec![counts(4, 2, 1, 1)], oddities: vec![0], skipped: vec![("task_fork", 1)] };
        assert_eq!(now.since(&before), session);
    }

    #[test]
    fn what_is_taken_back_before_it_is_counted_is_none() {
        let before = Tally { oddities: vec![3], ..Tally::default() };
        let now = Tally { oddities: vec![2], ..Tally::default() };
        assert_eq!(now.since(&before).oddities, [0]);
    }

    #[test]
    fn it_is_settled_when_all_that_was_seen_went_somewhere() {
        let settled = |counts| Tally { counts: vec![counts], ..Tally::default() }.is_settled();
        assert!(settled(counts(4, 2, 1, 1)));
        assert!(!settled(counts(5, 2, 1, 1)));
    }
}
