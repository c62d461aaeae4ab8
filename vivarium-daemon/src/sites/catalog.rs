//! All sites of one file.

use vivarium_session::text::Text;
use vivarium_sys::SiteId;
use vivarium_sys::note::{SECTION, STAPSDT_OWNER, STAPSDT_SECTION, STAPSDT_TYPE};
use vivarium_sys::probe::PROVIDER;

use super::error::NoteFlaw;
use super::note::{Described, Located, SiteNote};
use super::probes::{Shift, locate};
use super::site::probes_attachable;
use super::{CatalogError, Obstacle, ProbeLocation, Site};
use crate::elf::{Address, Architecture, Image, notes};

/// How large a section of notes may be: some two hundred thousand sites.
const NOTES_LIMIT: u64 = 128 << 20;
/// How many notes may be in it. Honest ones are some hundred bytes long; shorter ones could be made to cost more.
const NOTES_COUNT_LIMIT: usize = 1 << 20;
/// Sections that a file with probe sites has beside their notes, and that stay where only the notes are stripped.
const TRACES: [&str; 2] = [".probes", ".stapsdt.base"];

/// All sites of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Catalog {
    /// What the file is built for.
    pub architecture: Architecture,
    /// Its sites by function, file and line: the same order in every build.
    pub sites: Vec<Site>,
    /// Sites all of whose code the linker discarded, in the same order.
    pub discarded: Vec<Site>,
    /// What the sites share that the program makes while it runs, if it may make any.
    pub dynamic: Option<DynamicProbes>,
}

/// The probes that all dynamic sites of a file share.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct DynamicProbes {
    /// The probes.
    pub probes: Vec<ProbeLocation>,
    /// Where the process keeps pointers to the first of the sites in each list of them.
    pub registries: Vec<Address>,
}

impl DynamicProbes {
    /// Each registry was noted with where the base was then.
    fn new(probes: &[(SiteId, ProbeLocation)], registries: Vec<(Address, Address)>, shift: Shift) -> Self {
        let mut registries: Vec<_> = registries.iter().map(|&(registry, base)| shift.apply(registry, base)).collect();
        registries.sort();
        registries.dedup();
        Self { probes: probes.iter().map(|(_, probe)| *probe).collect(), registries }
    }

    /// Whether everything that makes the spans can be attached to.
    ///
    /// # Errors
    /// The first obstacle.
    pub fn attachable(&self) -> Result<(), Obstacle> {
        probes_attachable(&self.probes)
    }
}

impl Catalog {
    /// Reads the notes of a file and finds what they tell about. A file without sites has an empty catalog.
    ///
    /// # Errors
    /// When the notes are damaged or were stripped.
    pub fn read(image: &Image) -> Result<Self, CatalogError> {
        let Some(section) = image.section_content(SECTION, NOTES_LIMIT)? else {
            return match was_stripped(image)? {
                true => Err(CatalogError::Stripped),
                false => Ok(Self::empty(image.architecture())),
            };
        };
        Noted::read(&section)?.into_catalog(image)
    }

    /// Whether there is nothing to attach to.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.dynamic.is_none()
    }

    fn empty(architecture: Architecture) -> Self {
        Self { architecture, sites: Vec::new(), discarded: Vec::new(), dynamic: None }
    }
}

/// Whether there are sites although no note of ours tells about them.
///
/// SystemTap's notes tell of probes of other providers, such as those of libc. Without any notes, the sections that
/// belong to probes tell that there were some.
fn was_stripped(image: &Image) -> Result<bool, CatalogError> {
    let Some(section) = image.section_content(STAPSDT_SECTION, NOTES_LIMIT)? else {
        return Ok(TRACES.iter().any(|name| image.sections().find(name).is_some()));
    };
    // Three addresses come before the provider's name.
    const PROVIDER_AT: usize = 3 * size_of::<u64>();
    Ok(notes(&section).flatten().any(|note| {
        let provider = note.descriptor.get(PROVIDER_AT..).and_then(|rest| rest.strip_prefix(PROVIDER.as_bytes()));
        note.owner == STAPSDT_OWNER.as_bytes()
            && note.kind == STAPSDT_TYPE
            && provider.is_some_and(|rest| rest.first() == Some(&0))
    }))
}

/// What the notes tell, before anything of it is believed.
#[derive(Default)]
struct Noted<'data> {
    described: Vec<Described<'data>>,
    located: Vec<Located>,
    registries: Vec<(Address, Address)>,
}

impl<'data> Noted<'data> {
    fn read(section: &'data [u8]) -> Result<Self, CatalogError> {
        let mut noted = Self::default();
        for (index, note) in notes(section).enumerate() {
            if index == NOTES_COUNT_LIMIT {
                return Err(CatalogError::TooManyNotes { section: SECTION, limit: NOTES_COUNT_LIMIT });
            }
            let note = note.map_err(|_| NoteFlaw::Larger).and_then(SiteNote::decode);
            match note.map_err(|flaw| CatalogError::DamagedNote { section: SECTION, index, flaw })? {
                SiteNote::Site(described) => noted.described.push(described),
                SiteNote::Probe(located) => noted.located.push(located),
                SiteNote::Registry { address, base } => noted.registries.push((address, base)),
                SiteNote::Unknown => {}
            }
        }
        Ok(noted)
    }

    fn into_catalog(self, image: &Image) -> Result<Catalog, CatalogError> {
        let Self { mut described, located, registries } = self;
        // Each copy of a site describes it; should two sites ever have one id, every build shows the same of them.
        described.sort_by_key(|site| (site.id, site.module, site.name, site.file, site.line, site.column));
        described.dedup_by_key(|site| site.id);

        let mut catalog = Catalog::empty(image.architecture());
        let locations = locate(image, located)?;
        let mut by_site = locations.chunk_by(|(one, _), (other, _)| one == other).peekable();
        let shared = by_site.next_if(|chunk| chunk[0].0 == SiteId::DYNAMIC);
        catalog.dynamic = shared.map(|chunk| DynamicProbes::new(chunk, registries, Shift::of(image)));
        for described in described {
            // Both are ordered by id, so a probe that comes before is of a site that nothing describes.
            match by_site.next_if(|chunk| chunk[0].0 <= described.id) {
                Some(chunk) if chunk[0].0 == described.id => catalog.sites.push(site(&described, chunk)),
                Some(orphans) => return Err(CatalogError::Orphan(orphans[0].0)),
                None => catalog.discarded.push(site(&described, &[])),
            }
        }
        if let Some(orphans) = by_site.next() {
            return Err(CatalogError::Orphan(orphans[0].0));
        }
        catalog.sites.sort_by_cached_key(Site::order);
        catalog.discarded.sort_by_cached_key(Site::order);
        Ok(catalog)
    }
}

fn site(described: &Described<'_>, probes: &[(SiteId, ProbeLocation)]) -> Site {
    Site {
        id: described.id,
        kind: described.kind,
        module: Text::new(described.module),
        name: Text::new(described.name),
        file: Text::new(described.file),
        line: described.line,
        column: described.column,
        probes: probes.iter().map(|(_, probe)| *probe).collect(),
    }
}
