//! What the kernel side met that is no event, as the ABI lists it.

use serde::{Deserialize, Serialize};
use vivarium_sys::load::{Effect, Oddity};

/// How often the kernel side met each oddity.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Oddities(Vec<u64>);

impl Oddities {
    /// These counts, in the order of [`Oddity::ALL`], which is that of their numbers; those that aren't given are zero.
    #[must_use]
    pub fn new(counts: Vec<u64>) -> Self {
        Self(counts)
    }

    /// How often this one was met.
    #[must_use]
    pub fn get(&self, oddity: Oddity) -> u64 {
        self.0.get(oddity as usize).copied().unwrap_or(0)
    }

    /// Those of this effect that were met, and how often.
    pub fn met(&self, effect: Effect) -> impl Iterator<Item = (Oddity, u64)> {
        let with = Oddity::ALL.iter().copied().filter(move |oddity| oddity.effect() == effect);
        with.map(|oddity| (oddity, self.get(oddity))).filter(|(_, count)| *count > 0)
    }
}
