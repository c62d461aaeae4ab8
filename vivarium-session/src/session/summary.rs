//! What is known of a session after its last record.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Clock;
use crate::accounting::{KernelCounts, Missing, Oddities, Verdict};
use crate::record::Time;

/// How a session ended, as the observer knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Conclusion {
    /// When.
    pub time: Time,
    /// What the kernel side counted, if it could be asked.
    pub counts: Option<KernelCounts>,
    /// What the kernel side met that is no event.
    #[serde(default)]
    pub oddities: Oddities,
    /// What the observer knows to be missing besides.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// What the observer has to say besides, though nothing is missing for it.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Conclusion {
    /// The session ends now, and the kernel side counted this.
    #[must_use]
    pub fn now(counts: Option<KernelCounts>) -> Self {
        Self::at(Clock::now().monotonic, counts)
    }

    /// The session ends at this time, and the kernel side counted this.
    #[must_use]
    pub fn at(time: Time, counts: Option<KernelCounts>) -> Self {
        Self { time, counts, oddities: Oddities::default(), missing: Vec::new(), notes: Vec::new() }
    }
}

/// What is known of a session after its last record.
#[derive(Clone, Debug)]
pub struct Summary {
    /// How it ended.
    pub conclusion: Conclusion,
    /// How long it was.
    pub duration: Duration,
    /// How many events arrived, without those that the filter didn't admit.
    pub events: u64,
    /// How many events arrived that the filter didn't admit.
    pub hidden: u64,
    /// How many spans it had.
    pub spans: u64,
    /// How many processes it had.
    pub processes: u64,
    /// Whether anything is missing.
    pub verdict: Verdict,
    /// What is worth knowing, though nothing is missing for it.
    pub notes: Vec<String>,
}
