//! From what the notes tell of probes to what is there.

use std::io;

use super::note::Located;
use super::{AttachPoint, Obstacle, ProbeLocation};
use crate::elf::{Address, Architecture, Image};
use crate::sweep::Sweep;
use vivarium_sys::SiteId;

/// The section whose one byte tells by how much the file was moved after it was linked.
const BASE_SECTION: &str = ".stapsdt.base";
/// A semaphore is a 16-bit counter.
const SEMAPHORE_BYTES: u64 = 2;

/// Corrects addresses of a file that was moved after it was linked, as prelink does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift(Option<Address>);

impl Shift {
    pub(super) fn of(image: &Image) -> Self {
        Self(image.sections().find(BASE_SECTION).map(|section| section.address))
    }

    /// Where the address is now, of a note that saw the base at `base`.
    pub(super) fn apply(self, address: Address, base: Address) -> Address {
        match self.0 {
            Some(now) => address.moved(base, now),
            None => address,
        }
    }

    fn apply_to(self, located: Located) -> Located {
        Located {
            address: self.apply(located.address, located.base),
            semaphore: self.apply(located.semaphore, located.base),
            base: Address(0),
            ..located
        }
    }
}

/// Finds what is really there of these probes, ordered by site, kind and address.
///
/// Linkers leave the notes of functions that they discarded, with addresses near zero: whatever isn't at executable code
/// is dropped. A linker that folds equal functions leaves two notes for one place.
pub(super) fn locate(image: &Image, noted: Vec<Located>) -> io::Result<Vec<(SiteId, ProbeLocation)>> {
    let shift = Shift::of(image);
    let mut live: Vec<_> = noted.into_iter().map(|located| shift.apply_to(located)).collect();
    live.retain(|located| is_code(image, located.address));
    live.sort_by_key(|located| (located.address, *located));
    live.dedup();

    let mut sweep = Sweep::new(image.file());
    let mut locations = Vec::with_capacity(live.len());
    for same_place in live.chunk_by(|one, other| one.address == other.address) {
        let is_folded = same_place.len() > 1;
        for located in same_place {
            let attach = match is_folded {
                true => Err(Obstacle::Folded),
                false => attach_point(image, &mut sweep, located)?,
            };
            let &Located { id, probe, address, semaphore, .. } = located;
            locations.push((id, ProbeLocation { probe, address, semaphore, attach }));
        }
    }
    locations.sort_by_key(|(id, location)| (*id, location.probe, location.address));
    Ok(locations)
}

fn is_code(image: &Image, address: Address) -> bool {
    // The first executable segment may begin with the file header, so the section counts too.
    image.segments().containing(address).is_some_and(|segment| segment.is_executable)
        && image.sections().has_code_at(address)
}

fn attach_point(image: &Image, sweep: &mut Sweep<'_>, located: &Located) -> io::Result<Result<AttachPoint, Obstacle>> {
    let architecture = image.architecture();
    if Architecture::HOST != Some(architecture) {
        return Ok(Err(Obstacle::ForeignArchitecture(architecture)));
    }
    let expected = architecture.probe_instructions();
    let segment = image.segments().containing(located.address);
    let Some(probe) = segment.and_then(|segment| segment.file_offset(located.address, expected.len() as u64)) else {
        return Ok(Err(Obstacle::NoCode));
    };
    match sweep.bytes_at(probe.0, expected.len())? {
        None => return Ok(Err(Obstacle::NoCode)),
        Some(found) if found != expected => return Ok(Err(Obstacle::OtherInstructions)),
        Some(_) => {}
    }
    let segment = image.segments().containing(located.semaphore).filter(|segment| segment.is_writable);
    let semaphore = segment.and_then(|segment| segment.file_offset(located.semaphore, SEMAPHORE_BYTES));
    Ok(semaphore.map(|semaphore| AttachPoint { probe, semaphore }).ok_or(Obstacle::NoSemaphore))
}
