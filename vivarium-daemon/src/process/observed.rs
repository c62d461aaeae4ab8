//! What is being observed in a process, by the semaphores of its sites.

use std::collections::BTreeMap;
use std::io;

use super::{Memory, MemoryReader, Registry};
use crate::elf::{Address, Bias};
use crate::sites::{Catalog, ProbeLocation};

/// What the memory of a process tells about the sites of one file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observed {
    /// What each semaphore counts; one that cannot be read isn't there.
    counts: BTreeMap<Address, u16>,
    /// The sites that the program made while it was running.
    pub registry: Registry,
}

impl Observed {
    /// Reads the semaphores and the dynamic sites of a file that is mapped with that bias.
    ///
    /// # Errors
    /// When the system fails.
    pub fn read(memory: &Memory, catalog: &Catalog, bias: Bias) -> io::Result<Self> {
        let mut reader = memory.reader();
        let shared = catalog.dynamic.iter().flat_map(|dynamic| &dynamic.probes);
        let probes = catalog.sites.iter().flat_map(|site| &site.probes).chain(shared);
        let mut semaphores: Vec<_> = probes.map(|probe| probe.semaphore).collect();
        semaphores.sort();
        semaphores.dedup();
        let mut counts = BTreeMap::new();
        for semaphore in semaphores {
            if let Some(count) = count(&mut reader, semaphore, bias)? {
                counts.insert(semaphore, count);
            }
        }
        let registries = catalog.dynamic.iter().flat_map(|dynamic| &dynamic.registries);
        let registry = Registry::read(&mut reader, registries.map(|registry| registry.in_memory(bias)))?;
        Ok(Self { counts, registry })
    }

    /// What the semaphores of these probes count together, if that can be told: zero where nobody is looking.
    ///
    /// The kernel counts the places in memory where it put a probe. That is one for each attached probe, and one more
    /// where the page with the probe is mapped a second time, as linkers have it at the edge of the code.
    #[must_use]
    pub fn semaphore_value(&self, probes: &[ProbeLocation]) -> Option<u32> {
        let mut semaphores: Vec<_> = probes.iter().map(|probe| probe.semaphore).collect();
        semaphores.sort();
        semaphores.dedup();
        semaphores.iter().map(|semaphore| self.counts.get(semaphore).copied().map(u32::from)).sum()
    }
}

fn count(reader: &mut MemoryReader<'_>, semaphore: Address, bias: Bias) -> io::Result<Option<u16>> {
    let bytes = reader.bytes_at(semaphore.in_memory(bias), size_of::<u16>())?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes))
}
