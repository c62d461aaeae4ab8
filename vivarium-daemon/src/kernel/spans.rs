//! Loading the programs of places in files: probe sites, and functions of libraries.
//!
//! aya loads them for one place each; for many at once the object is taken apart a second time, with the maps that aya made.

use std::collections::HashSet;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use aya::Ebpf;
use aya::maps::{Map, MapData};
use aya_obj::relocation::EbpfRelocationError;
use aya_obj::{Object, ParseError, ProgramSection};
use vivarium_sys::load::{Attach, PROGRAMS};
use vivarium_sys::probe::Probe;

use super::object::OBJECT;
use super::program::Unavailable;
use super::sys::{Refused, UprobeUse, UprobeWait, load_uprobe_program};
use super::tracefs::{NoTracefs, Tracefs};
use super::uprobe::{EventProgram, MultiProgram, SpanPrograms, UprobeProgram};

/// Why spans cannot be seen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpansUnavailable {
    /// The object makes no sense.
    #[error("the BPF object cannot be read; build it again with `cargo xtask bpf`")]
    Malformed(#[from] ParseError),
    /// Nor do its references.
    #[error("the BPF object does not fit its maps; build it again with `cargo xtask bpf`")]
    Relocation(#[from] EbpfRelocationError),
    /// A program isn't there.
    #[error("{name}")]
    Program {
        /// Which.
        name: &'static str,
        /// Why not.
        source: Unavailable,
    },
    /// Nothing to attach them to.
    #[error(transparent)]
    Tracefs(#[from] NoTracefs),
}

/// The programs that are attached to places in files: the object with the descriptors of the maps in its instructions.
pub(super) struct FilePrograms {
    object: Object,
    /// Whether the kernel knows programs of many places.
    many: bool,
    tracefs: Option<Arc<Tracefs>>,
}

impl FilePrograms {
    /// Takes the object apart. All of its maps must be there.
    pub(super) fn of(ebpf: &Ebpf) -> Result<Self, SpansUnavailable> {
        let mut object = Object::parse(OBJECT)?;
        let code: HashSet<_> = object.functions.keys().map(|(section, _)| *section).collect();
        let maps = std::mem::take(&mut object.maps);
        let made =
            maps.iter().filter_map(|(name, map)| Some((name.as_str(), descriptor(ebpf.map(name)?)?.as_raw_fd(), map)));
        object.relocate_maps(made, &code)?;
        object.relocate_calls(&code)?;
        Ok(Self { object, many: MultiProgram::are_known(), tracefs: None })
    }

    /// Loads the three programs of sites.
    pub(super) fn of_sites(&mut self) -> Result<SpanPrograms, SpansUnavailable> {
        let mut program = |probe| {
            let row = PROGRAMS.iter().find(|row| row.attach == Attach::Site(probe));
            self.load(row.map_or("", |row| row.name))
        };
        Ok(SpanPrograms { start: program(Probe::Start)?, stop: program(Probe::Stop)?, raise: program(Probe::Raise)? })
    }

    /// Loads a program: for many places at once where the kernel can, else for trace events.
    pub(super) fn load(&mut self, name: &'static str) -> Result<UprobeProgram, SpansUnavailable> {
        if self.many
            && let Some(program) = MultiProgram::new(self.load_for(name, UprobeUse::Many)?)
        {
            return Ok(UprobeProgram::Multi(program));
        }
        let tracefs = match &self.tracefs {
            Some(found) => Arc::clone(found),
            None => {
                let found = Arc::new(Tracefs::find()?);
                found.remove_stale();
                Arc::clone(self.tracefs.insert(found))
            }
        };
        let program = self.load_for(name, UprobeUse::Event)?;
        Ok(UprobeProgram::Event(EventProgram::new(program, tracefs)))
    }

    fn load_for(&self, name: &'static str, how: UprobeUse) -> Result<OwnedFd, SpansUnavailable> {
        let unavailable = |source| SpansUnavailable::Program { name, source };
        let program = self.object.programs.get(name).ok_or_else(|| unavailable(Unavailable::Missing))?;
        let function = self.object.functions.get(&program.function_key());
        let function = function.ok_or_else(|| unavailable(Unavailable::Missing))?;
        let wait = match program.section {
            ProgramSection::UProbe { sleepable: true } => UprobeWait::Allowed,
            _ => UprobeWait::Never,
        };
        load_uprobe_program(name, &function.instructions, &program.license, how, wait)
            .map_err(|Refused { error, log }| unavailable(Unavailable::refused(&error, log)))
    }
}

/// The descriptor of a map that programs of sites may use.
fn descriptor(map: &Map) -> Option<BorrowedFd<'_>> {
    let data: &MapData = match map {
        Map::Array(data) | Map::HashMap(data) | Map::LruHashMap(data) | Map::PerCpuArray(data) => data,
        Map::ProgramArray(data) | Map::RingBuf(data) => data,
        _ => return None,
    };
    Some(data.fd().as_fd())
}
