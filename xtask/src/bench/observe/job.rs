//! What is done under observation.

use std::fmt;

/// A job, done many times by a program of this repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Job {
    /// Opening and closing a file.
    Open,
    /// Calling a marked function that does nothing.
    Call,
    /// Starting a program.
    Spawn,
    /// Opening and closing a file on two threads, at a pace.
    Pace,
    /// Nothing: what remains is the way to the first instruction.
    Nothing,
    /// Nothing, in a program with a crowd of marked functions.
    Crowd,
}

/// Which program does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doer {
    /// `workload` of the package of the test programs.
    Workload,
    /// The one with a crowd of sites.
    Crowd,
}

/// How many events there are in a second where there is a pace, on how many threads.
const PACE: (u64, u64) = (200_000, 2);

impl Job {
    pub(super) const ALL: [Self; 6] = [Self::Open, Self::Call, Self::Spawn, Self::Pace, Self::Nothing, Self::Crowd];

    pub(super) fn doer(self) -> Doer {
        match self {
            Self::Open | Self::Call | Self::Spawn | Self::Pace | Self::Nothing => Doer::Workload,
            Self::Crowd => Doer::Crowd,
        }
    }

    /// How often it is done, all threads together.
    pub(super) fn times(self, effort: Effort) -> u64 {
        let full = match self {
            Self::Open => 500_000,
            Self::Call => 5_000_000,
            Self::Spawn => 2_000,
            Self::Pace => 400_000,
            Self::Nothing | Self::Crowd => 0,
        };
        match effort {
            Effort::Full => full,
            Effort::Tenth => full / 10,
        }
    }

    /// What its program is called with.
    pub(super) fn arguments(self, effort: Effort) -> Vec<String> {
        const FILE: &str = "/etc/passwd";
        let times = self.times(effort);
        let words = match self {
            Self::Open => format!("open {FILE} {times}"),
            Self::Call | Self::Nothing => format!("call {times}"),
            Self::Spawn => format!("spawn /bin/true {times}"),
            Self::Pace => format!("pace {FILE} {} {} {}", times / PACE.1, PACE.0, PACE.1),
            Self::Crowd => String::new(),
        };
        words.split_whitespace().map(str::to_owned).collect()
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open and close a file",
            Self::Call => "call a marked function",
            Self::Spawn => "fork and exec",
            Self::Pace => "200,000 events/s from 2 threads",
            Self::Nothing => "start",
            Self::Crowd => "start with 10,000 sites",
        })
    }
}

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// As much as the bars are meant for.
    Full,
    /// A tenth, for a first look.
    Tenth,
}
