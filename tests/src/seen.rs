//! What a reader of probes sees in a file, in the form in which readers can be compared.

use std::path::Path;
use std::{fs, io};

use object::read::elf::ElfFile64;
use object::{Object, ObjectSection, SectionKind};

use crate::listing::Site;
use crate::readelf::StapProbe;

/// A probe that someone sees.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SeenProbe {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub location: u64,
    /// The address of its semaphore.
    pub semaphore: u64,
}

impl From<&StapProbe> for SeenProbe {
    fn from(probe: &StapProbe) -> Self {
        Self { name: probe.name.clone(), location: probe.location, semaphore: probe.semaphore }
    }
}

/// What `vivarium sites` sees, in order.
#[must_use]
pub fn by_vivarium(sites: &[Site]) -> Vec<SeenProbe> {
    let probes = sites.iter().flat_map(|site| &site.probes);
    sorted(probes.map(|probe| SeenProbe {
        name: probe.name.clone(),
        location: probe.address,
        semaphore: probe.semaphore,
    }))
}

/// The part of `probes` that is in the code of the file, in order. Other readers pass on what linkers leave of functions
/// that they discard.
///
/// # Errors
/// When the file isn't a 64-bit ELF file.
pub fn in_code(file: &Path, probes: impl IntoIterator<Item = SeenProbe>) -> io::Result<Vec<SeenProbe>> {
    let data = fs::read(file)?;
    let elf = ElfFile64::<object::Endianness>::parse(&*data).map_err(io::Error::other)?;
    let code: Vec<_> = elf
        .sections()
        .filter(|section| section.kind() == SectionKind::Text)
        .map(|section| section.address()..section.address() + section.size())
        .collect();
    Ok(sorted(probes.into_iter().filter(|probe| code.iter().any(|code| code.contains(&probe.location)))))
}

fn sorted(probes: impl Iterator<Item = SeenProbe>) -> Vec<SeenProbe> {
    let mut probes: Vec<_> = probes.collect();
    probes.sort();
    probes
}
