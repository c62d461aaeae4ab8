//! Whether a session saw everything, and if not, what it lacks.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vivarium_sys::load::{Effect, Oddity};
use vivarium_sys::wire::Counts;

use super::clean::CleanUntil;
use super::counters::{Counter, KernelCounts, Received};
use super::oddities::Oddities;
use crate::sink::Elapsed;

/// Whether a session saw everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// All that the kernel side saw has arrived, exactly.
    Complete,
    /// Something is missing.
    Incomplete(Vec<Missing>),
}

/// Something that is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Missing {
    /// The kernel side had no room for records.
    Dropped {
        /// Of what.
        counter: Counter,
        /// How many.
        count: u64,
        /// The last time when nothing had been dropped yet, in nanoseconds since the session began, if it was looked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    },
    /// Records were sent and never read.
    Unread {
        /// Of what.
        counter: Counter,
        /// How many.
        count: u64,
    },
    /// The two sides contradict each other.
    Miscounted {
        /// Of what.
        counter: Counter,
        /// How many the kernel side says that it saw.
        seen: u64,
        /// How many it says that it sent.
        submitted: u64,
        /// How many arrived.
        received: u64,
    },
    /// Records could not be read.
    Malformed {
        /// How many.
        count: u64,
        /// What was wrong with the first.
        first: String,
    },
    /// The kernel side met something after which it cannot have seen all.
    Oddity {
        /// What it was.
        what: String,
        /// How often.
        count: u64,
    },
    /// Records came faster than the client of the daemon read them.
    TooSlow {
        /// Of what.
        counter: Counter,
        /// How many, with those for which the ring had no room.
        count: u64,
    },
    /// The session ended without its observer.
    Abandoned {
        /// Why.
        why: String,
    },
    /// Functions could not be seen, or not from the beginning: what they did is told outside of them, or as unknown.
    Functions {
        /// Which, and why not.
        why: String,
    },
    /// The span that was to be observed was never seen, or never followed.
    Unseen,
    /// The kernel side could not be asked what it counted.
    Uncounted,
    /// The recording ends before the session did.
    CutShort,
    /// The recording is damaged; what comes after that cannot be read.
    Damaged,
}

impl Verdict {
    /// What is missing, from what arrived and what the kernel side counted.
    pub(crate) fn reckon(
        kernel: Option<&KernelCounts>,
        oddities: &Oddities,
        received: &Received,
        clean: &CleanUntil,
    ) -> Vec<Missing> {
        let odd = |(oddity, count): (Oddity, u64)| Missing::Oddity { what: oddity.sentence().to_owned(), count };
        let odd = oddities.met(Effect::Loss).map(odd);
        let Some(kernel) = kernel else { return std::iter::once(Missing::Uncounted).chain(odd).collect() };
        let counted = |counter| reckon_one(counter, kernel.get(counter), received.get(counter), clean.get(counter));
        Counter::all().flat_map(counted).chain(odd).collect()
    }

    /// The verdict, if this is all that is missing.
    pub(crate) fn from_missing(missing: Vec<Missing>) -> Self {
        if missing.is_empty() { Self::Complete } else { Self::Incomplete(missing) }
    }

    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// What is missing.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        match self {
            Self::Complete => &[],
            Self::Incomplete(missing) => missing,
        }
    }

    /// How many events are known to be lost.
    #[must_use]
    pub fn lost_events(&self) -> u64 {
        self.missing().iter().map(Missing::lost_events).sum()
    }
}

fn reckon_one(counter: Counter, kernel: Counts, received: u64, after: Option<u64>) -> impl Iterator<Item = Missing> {
    let Counts { seen, submitted, filtered, dropped } = kernel;
    let lost = (dropped > 0).then_some(Missing::Dropped { counter, count: dropped, after });
    let accounted = submitted.checked_add(filtered).and_then(|sum| sum.checked_add(dropped));
    let contradiction = accounted != Some(seen) || received > submitted;
    let unread = (received < submitted).then(|| Missing::Unread { counter, count: submitted - received });
    let miscounted = contradiction.then_some(Missing::Miscounted { counter, seen, submitted, received });
    lost.into_iter().chain(unread).chain(miscounted)
}

impl Missing {
    /// Whether both tell of the same, though one may know more of it.
    pub(crate) fn is_about(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Dropped { counter: one, .. },
                Self::Dropped { counter: other, .. } | Self::TooSlow { counter: other, .. },
            ) => one == other,
            _ => self == other,
        }
    }

    fn lost_events(&self) -> u64 {
        match self {
            Self::Dropped { counter, count, .. }
            | Self::Unread { counter, count }
            | Self::TooSlow { counter, count }
                if counter.is_event() =>
            {
                *count
            }
            _ => 0,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dropped { counter, count, after: None } => write!(f, "{count} {counter} lost: the ring was full"),
            Self::Dropped { counter, count, after: Some(after) } => {
                let after = Elapsed(Duration::from_nanos(*after));
                write!(f, "{count} {counter} lost: the ring was full, at some time after {after}")
            }
            Self::Unread { counter, count } => write!(f, "{count} {counter} lost: sent by the kernel but never read"),
            Self::Miscounted { counter, seen, submitted, received } => {
                write!(f, "{counter} doesn't add up: the kernel saw {seen} and sent {submitted}, {received} arrived")
            }
            Self::Malformed { count, first } => write!(f, "{count} records could not be read; the first: {first}"),
            Self::Oddity { what, count } => write!(f, "{what} ({count} times)"),
            Self::TooSlow { counter, count } => {
                write!(f, "{count} {counter} lost: they came faster than this client read them")
            }
            Self::Abandoned { why } => write!(f, "what came later is not known: {why}"),
            Self::Functions { why } => f.write_str(why),
            Self::Unseen => f.write_str(
                "the span that was to be observed was never seen, or is deeper than the kernel follows, and so nothing is known of \
                 what happened in it",
            ),
            Self::Uncounted => f.write_str("what the kernel counted could not be read, so losses are not known"),
            Self::CutShort => f.write_str("the recording ends before the session did"),
            Self::Damaged => f.write_str("the recording is damaged, and what comes after that cannot be read"),
        }
    }
}
