//! Sites that are switched off and on while threads are in their spans.

use std::collections::BTreeSet;

use aya::maps::MapError;
use vivarium_sys::SiteId;
use vivarium_sys::load::TWICE;

use super::{KernelSide, absent_is_fine};

impl KernelSide {
    /// Spans of these sites may have started unseen from now on.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn expect_stops(&mut self, sites: &[SiteId]) -> Result<(), MapError> {
        self.switched.change(|switched| sites.iter().try_for_each(|site| switched.insert(site.0, 1, 0)))
    }

    /// Nothing of these sites is attached to any more.
    pub fn forget_sites(&mut self, sites: &BTreeSet<SiteId>) {
        self.switched.change(|switched| {
            for site in sites {
                // Most were never switched off.
                let _ = switched.remove(&site.0);
            }
        });
    }

    /// From now on sites may be attached to twice, or not any more.
    ///
    /// # Errors
    /// When the kernel does not take it.
    pub fn allow_twice(&mut self, twice: bool) -> Result<(), MapError> {
        self.switched.change(|switched| match twice {
            true => switched.insert(TWICE, 1, 0),
            false => absent_is_fine(switched.remove(&TWICE)),
        })
    }

    /// The sites of which threads are in spans that they will be seen to leave.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn open_sites(&self) -> Result<BTreeSet<SiteId>, MapError> {
        let mut open = BTreeSet::new();
        self.visit_threads(|_, state| open.extend(state.leaves().iter().map(|frame| frame.site)))?;
        Ok(open)
    }
}
