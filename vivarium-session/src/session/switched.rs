//! Sites that are switched off and on while a session runs.

use serde::{Deserialize, Serialize};
use vivarium_sys::SiteId;

use super::{Clock, by_name};
use crate::record::Time;

/// Sites were switched off or on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Switched {
    /// When.
    pub time: Time,
    /// Whether they are on from then on.
    pub on: bool,
    /// Which.
    #[serde(with = "by_name::site_ids")]
    pub sites: Vec<SiteId>,
}

impl Switched {
    /// These are on from now on, or off.
    #[must_use]
    pub fn now(on: bool, sites: Vec<SiteId>) -> Self {
        Self { time: Clock::now().monotonic, on, sites }
    }
}
