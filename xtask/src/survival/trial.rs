//! Building the specimen in one way, and looking at what became of its sites.

use std::path::Path;
use std::{fmt, io};

use vivarium_tests::cargo::CargoError;
use vivarium_tests::listing::{Identity, Listing, ListingError, Site, Vivarium};
use vivarium_tests::readelf::{self, ReadelfError};
use vivarium_tests::seen::{self, SeenProbe};
use vivarium_tests::specimen::{RunningError, Specimen};
use vivarium_tests::uprobes::{Uprobes, UprobesError};

use super::attached::Attached;
use super::found::{Found, FoundSite, Part};
use super::golden::Difference;
use super::linker::Linker;
use super::treatment::TreatmentError;
use super::way::Way;
use super::witness::{self, WitnessError};

/// What goes wrong with a way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    #[error(transparent)]
    Build(#[from] CargoError),
    #[error(transparent)]
    Treatment(#[from] TreatmentError),
    #[error("the way is not what it says: {0}")]
    Witness(#[from] WitnessError),
    #[error(transparent)]
    Listing(#[from] ListingError),
    #[error("{0} cannot be attached to")]
    NotAttachable(Box<Identity>),
    #[error(transparent)]
    Readelf(#[from] ReadelfError),
    #[error("cannot read the program: {0}")]
    Unreadable(#[from] io::Error),
    #[error("readelf sees the probes {readelf:?} where `vivarium sites` lists {listed:?}")]
    Disagreement { readelf: Vec<SeenProbe>, listed: Vec<SeenProbe> },
    #[error("{0} notes tell of code that is not there, which libbpf does not forgive")]
    Leftovers(usize),
    #[error(transparent)]
    Uprobes(#[from] UprobesError),
    #[error(transparent)]
    Running(#[from] RunningError),
    #[error("`vivarium sites --pid` does not list the {0} as its file has it")]
    Process(Part),
    #[error("{site}: its semaphore counts {found} while {expected} was expected")]
    Semaphore { site: Box<Identity>, found: Count, expected: Count },
    #[error(transparent)]
    Difference(#[from] Difference),
    #[error("without its notes the file is not refused")]
    NotRefused,
}

/// What trials need.
pub(super) struct Trial {
    vivarium: Vivarium,
    host: String,
}

/// A file of the specimen, and the sites that are listed of it.
pub(super) struct Listed<'a> {
    pub(super) part: Part,
    pub(super) path: &'a Path,
    pub(super) sites: Vec<Site>,
}

impl Trial {
    pub(super) fn prepare() -> anyhow::Result<Self> {
        Ok(Self { vivarium: Vivarium::build()?, host: rustc_version::version_meta()?.host })
    }

    /// The target that the compiler runs on.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Builds the specimen in this way, and gives the sites that it has, each of which can be observed.
    pub(super) fn survivors(&self, way: &Way) -> Result<Found, TrialError> {
        let specimen = self.build(way)?;
        let files = parts(&specimen).map(|(part, path)| self.list(part, path, way.linker));
        let files: Vec<_> = files.collect::<Result<_, _>>()?;
        // Before the program starts, as for everything that must not miss its first instruction.
        let attached = Uprobes::are_permitted().then(|| Attached::to(&files)).transpose()?;
        let running = specimen.start()?;
        let listing = self.vivarium.sites_of_process(running.id())?;
        let expected = if attached.is_some() { Count::Somebody } else { Count::Nobody };
        for file in &files {
            check_process(&listing, file, expected)?;
        }
        let output = running.finish()?;
        let hits = attached.map(|attached| attached.hits()).transpose()?;
        let sites = files.into_iter().flat_map(|Listed { part, sites, .. }| {
            let hits = hits.as_ref();
            sites.into_iter().map(move |Site { identity, .. }| {
                let hits = hits.map(|hits| hits.get(&(part, identity.clone())).copied().unwrap_or_default());
                FoundSite { part, identity, hits }
            })
        });
        Ok(Found { sites: sites.collect(), output })
    }

    /// Builds the specimen in a way that leaves no notes, and checks that `vivarium sites` says so of a program that runs.
    pub(super) fn complaint(&self, way: &Way) -> Result<(), TrialError> {
        let specimen = self.build(way)?;
        for (_, path) in parts(&specimen) {
            match self.vivarium.sites_of_file(path) {
                Err(ListingError::Refused { status: Some(BAD_INPUT), message }) if message.contains("stripped") => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Err(TrialError::NotRefused),
            }
        }
        specimen.start()?.finish()?;
        Ok(())
    }

    fn build(&self, way: &Way) -> Result<Specimen, TrialError> {
        let built = way.build(&self.host).run()?;
        for (part, path) in parts(&built) {
            witness::check(part, path, way)?;
        }
        let Some(stripped) = way.treatment.apply(&built)? else { return Ok(built) };
        for (_, path) in parts(&stripped) {
            witness::check_stripped(path)?;
        }
        Ok(stripped)
    }

    fn list<'a>(&self, part: Part, path: &'a Path, linker: Linker) -> Result<Listed<'a>, TrialError> {
        let sites = self.vivarium.sites_of_file(path)?;
        if let Some(site) = sites.iter().find(|site| !site.attachable) {
            return Err(TrialError::NotAttachable(site.identity.clone().into()));
        }
        let noted = readelf::stap_probes(path)?;
        let readelf = seen::in_code(path, noted.iter().map(SeenProbe::from))?;
        if linker.discards_notes() && readelf.len() < noted.len() {
            return Err(TrialError::Leftovers(noted.len() - readelf.len()));
        }
        let listed = seen::by_vivarium(&sites);
        if readelf != listed {
            return Err(TrialError::Disagreement { readelf, listed });
        }
        Ok(Listed { part, path, sites })
    }
}

/// The exit status for files that tell nothing.
const BAD_INPUT: i32 = 2;

fn parts(specimen: &Specimen) -> impl Iterator<Item = (Part, &Path)> {
    let plugin = specimen.plugin.as_deref().map(|plugin| (Part::Plugin, plugin));
    [(Part::Program, specimen.program.as_path())].into_iter().chain(plugin)
}

/// Checks that a process lists the same sites as its file, and that the semaphore of each tells whether it is observed.
fn check_process(listing: &Listing, file: &Listed<'_>, expected: Count) -> Result<(), TrialError> {
    let mapped = listing.files.iter().find(|mapped| mapped.path == file.path);
    let mapped = mapped.map_or(&[][..], |mapped| mapped.sites.as_slice());
    if !mapped.iter().map(|site| &site.identity).eq(file.sites.iter().map(|site| &site.identity)) {
        return Err(TrialError::Process(file.part));
    }
    match mapped.iter().find(|site| Count::of(site) != expected) {
        Some(site) => {
            Err(TrialError::Semaphore { site: site.identity.clone().into(), found: Count::of(site), expected })
        }
        None => Ok(()),
    }
}

/// What a semaphore counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    Unknown,
    Nobody,
    Somebody,
}

impl Count {
    fn of(site: &Site) -> Self {
        match site.semaphore_value {
            None => Self::Unknown,
            Some(0) => Self::Nobody,
            Some(_) => Self::Somebody,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "something unknown",
            Self::Nobody => "nobody",
            Self::Somebody => "somebody",
        })
    }
}
