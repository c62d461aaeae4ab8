//! The sites of one file, in the form that both listings share.

use std::io;

use vivarium_session::text::Text;
use vivarium_sys::{SiteId, SiteKind};

use crate::elf::{Architecture, Bias};
use crate::process::{Memory, Observed, RegisteredSite, RegistryFlaw};
use crate::sites::{Catalog, DynamicProbes, Obstacle, ProbeLocation, Site, function};

/// The sites of one file.
pub(super) struct Contents {
    pub(super) architecture: Architecture,
    /// Where a process has it.
    pub(super) bias: Option<Bias>,
    pub(super) rows: Vec<Row>,
    /// How many sites the linker discarded.
    pub(super) discarded: usize,
    pub(super) rest: Rest,
}

/// Whether there are sites that aren't listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    /// The program makes sites while it runs; only its memory tells which.
    MadeAtRunTime,
    /// The memory of the process tells of them, but not of all.
    CutShort(RegistryFlaw),
}

/// One site.
pub(super) struct Row {
    pub(super) id: SiteId,
    pub(super) kind: SiteKind,
    pub(super) module: Text,
    pub(super) name: Text,
    pub(super) file: Text,
    pub(super) line: u32,
    pub(super) code: Code,
    pub(super) attachable: Result<(), Obstacle>,
    pub(super) semaphore: Semaphore,
}

/// What there is of a site in the file.
pub(super) enum Code {
    /// Its own probes, in so many copies.
    Own { column: u32, copies: usize, probes: Vec<ProbeLocation> },
    /// The probes that all sites share that are made at run time.
    Shared { probes: Vec<ProbeLocation> },
}

/// What the semaphore of a site counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Semaphore {
    /// Only in a process it counts anything.
    OfFile,
    /// The memory of the process cannot be read.
    Unknown,
    Value(u32),
}

impl Contents {
    pub(super) fn of_file(catalog: &Catalog, all: bool) -> Self {
        Self::new(catalog, all, |_| Semaphore::OfFile)
    }

    pub(super) fn in_process(catalog: &Catalog, memory: Option<&Memory>, bias: Bias, all: bool) -> io::Result<Self> {
        let observed = memory.map(|memory| Observed::read(memory, catalog, bias)).transpose()?;
        let semaphore = |probes: &[ProbeLocation]| {
            let value = observed.as_ref().and_then(|observed| observed.semaphore_value(probes));
            value.map_or(Semaphore::Unknown, Semaphore::Value)
        };
        let mut contents = Self { bias: Some(bias), ..Self::new(catalog, all, semaphore) };
        if let (Some(observed), Some(shared)) = (&observed, &catalog.dynamic) {
            let made = observed.registry.sites.iter();
            contents.rows.extend(made.map(|site| Row::registered(site, shared, semaphore(&shared.probes))));
            contents.rest = observed.registry.flaw.map_or(Rest::Nothing, Rest::CutShort);
        }
        Ok(contents)
    }

    fn new(catalog: &Catalog, all: bool, semaphore: impl Fn(&[ProbeLocation]) -> Semaphore) -> Self {
        let discarded = catalog.discarded.iter().filter(|_| all);
        let sites = catalog.sites.iter().chain(discarded);
        Self {
            architecture: catalog.architecture,
            bias: None,
            rows: sites.map(|site| Row::of_site(site, semaphore(&site.probes))).collect(),
            discarded: catalog.discarded.len(),
            rest: if catalog.dynamic.is_some() { Rest::MadeAtRunTime } else { Rest::Nothing },
        }
    }
}

impl Row {
    fn of_site(site: &Site, semaphore: Semaphore) -> Self {
        Self {
            id: site.id,
            kind: site.kind,
            module: site.module.clone(),
            name: site.name.clone(),
            file: site.file.clone(),
            line: site.line,
            code: Code::Own { column: site.column, copies: site.copies(), probes: site.probes.clone() },
            attachable: site.attachable(),
            semaphore,
        }
    }

    fn registered(site: &RegisteredSite, shared: &DynamicProbes, semaphore: Semaphore) -> Self {
        Self {
            id: site.id,
            kind: site.kind,
            module: site.module.clone(),
            name: site.name.clone(),
            file: site.file.clone(),
            line: site.line,
            code: Code::Shared { probes: shared.probes.clone() },
            attachable: shared.attachable(),
            semaphore,
        }
    }

    pub(super) fn function(&self) -> Text {
        function(&self.module, &self.name)
    }
}
