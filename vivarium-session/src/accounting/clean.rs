//! Until when nothing had been lost: the kernel side counts drops, and doesn't say when they were.

use std::time::Duration;

use vivarium_sys::wire::COUNTERS;

use super::counters::{Counter, KernelCounts};

/// For each counter, the last time when it was looked at and nothing had been dropped, in nanoseconds since the session began.
#[derive(Clone, Debug)]
pub(crate) struct CleanUntil(Vec<Option<u64>>);

impl CleanUntil {
    pub(crate) fn beginning() -> Self {
        Self(vec![None; COUNTERS as usize])
    }

    /// The counters are these after so much of the session.
    pub(crate) fn look(&mut self, since_start: Duration, counts: &KernelCounts) {
        let now = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX);
        for counter in Counter::all() {
            if counts.get(counter).dropped == 0 {
                self.0[counter.index()] = Some(now);
            }
        }
    }

    pub(crate) fn get(&self, counter: Counter) -> Option<u64> {
        self.0[counter.index()]
    }
}
