//! The kernel's own probes on every site of the specimen, and what they count.

use std::collections::BTreeMap;

use vivarium_tests::listing::Identity;
use vivarium_tests::uprobes::{Point, Uprobes, UprobesError};

use super::found::{Hits, Part};
use super::trial::Listed;

/// The probes of all sites, attached.
pub(super) struct Attached {
    uprobes: Uprobes,
    /// The site and the probe that each uprobe is for.
    meanings: BTreeMap<String, (Part, Identity, String)>,
}

impl Attached {
    pub(super) fn to(files: &[Listed<'_>]) -> Result<Self, UprobesError> {
        let mut uprobes = Uprobes::new("survival");
        let mut meanings = BTreeMap::new();
        for Listed { part, path, sites } in files {
            for site in sites {
                for probe in &site.probes {
                    let (Some(at), Some(semaphore)) = (probe.offset, probe.semaphore_offset) else { continue };
                    let name = uprobes.add(path, Point { probe: at, semaphore })?;
                    meanings.insert(name, (*part, site.identity.clone(), probe.name.clone()));
                }
            }
        }
        uprobes.enable()?;
        Ok(Self { uprobes, meanings })
    }

    /// How often the probes of each site were hit.
    pub(super) fn hits(&self) -> Result<BTreeMap<(Part, Identity), Hits>, UprobesError> {
        let mut hits = BTreeMap::<_, Hits>::new();
        for (uprobe, count) in self.uprobes.hits()? {
            if let Some((part, site, probe)) = self.meanings.get(&uprobe) {
                hits.entry((*part, site.clone())).or_default().add(probe, count);
            }
        }
        Ok(hits)
    }
}
