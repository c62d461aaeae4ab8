//! Holding what arrived against what the kernel side says that it sent, and the verdict that follows.
//!
//! The kernel side counts each kind of event, and each other type of record: what it saw, sent, filtered, and dropped for want
//! of room. A session counts what it received. It is complete when, for every counter, what was sent has arrived, nothing was
//! dropped, and the numbers add up, and when nothing happened besides after which the kernel side cannot have seen all (an
//! [`Oddity`](vivarium_sys::load::Oddity) that means loss). Anything else makes it incomplete, and names what is missing.
//!
//! What a backend cannot see is another matter. A [`Gap`] is known beforehand, is the same for every session with that backend,
//! and doesn't make one incomplete; every output names it. Who cannot live with a gap chooses another backend.

mod clean;
mod counters;
mod gaps;
mod oddities;
mod verdict;

pub use counters::{Counter, KernelCounts};
pub use gaps::{Gap, GapGroup, GapSummary, gaps};
pub use oddities::Oddities;
pub use verdict::{Missing, Verdict};

pub(crate) use clean::CleanUntil;
pub(crate) use counters::Received;
