//! Loading the programs of probe sites.
//!
//! aya loads them for one place each; for many at once the object is taken apart a second time, with the maps that aya made.

use std::collections::HashSet;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use aya::Ebpf;
use aya::maps::{Map, MapData};
use aya_obj::relocation::EbpfRelocationError;
use aya_obj::{Object, ParseError};
use vivarium_sys::load::{Attach, PROGRAMS};
use vivarium_sys::probe::Probe;

use super::object::OBJECT;
use super::program::Unavailable;
use super::sys::{Refused, UprobeUse, load_uprobe_program};
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

/// Loads the three programs: for many places at once where the kernel can, else for trace events.
pub(super) fn load(ebpf: &Ebpf) -> Result<SpanPrograms, SpansUnavailable> {
    let object = relocated(ebpf)?;
    let many = MultiProgram::are_known();
    let mut tracefs: Option<Arc<Tracefs>> = None;
    let mut program = |probe| {
        if many && let Some(program) = MultiProgram::new(load_one(&object, probe, UprobeUse::Many)?) {
            return Ok(UprobeProgram::Multi(program));
        }
        let tracefs = match &tracefs {
            Some(found) => Arc::clone(found),
            None => {
                let found = Arc::new(Tracefs::find()?);
                found.remove_stale();
                Arc::clone(tracefs.insert(found))
            }
        };
        let program = load_one(&object, probe, UprobeUse::Event)?;
        Ok::<_, SpansUnavailable>(UprobeProgram::Event(EventProgram::new(program, tracefs)))
    };
    Ok(SpanPrograms { start: program(Probe::Start)?, stop: program(Probe::Stop)?, raise: program(Probe::Raise)? })
}

/// The object with the descriptors of the maps in its instructions.
fn relocated(ebpf: &Ebpf) -> Result<Object, SpansUnavailable> {
    let mut object = Object::parse(OBJECT)?;
    let code: HashSet<_> = object.functions.keys().map(|(section, _)| *section).collect();
    let maps = std::mem::take(&mut object.maps);
    let made =
        maps.iter().filter_map(|(name, map)| Some((name.as_str(), descriptor(ebpf.map(name)?)?.as_raw_fd(), map)));
    object.relocate_maps(made, &code)?;
    object.relocate_calls(&code)?;
    Ok(object)
}

fn load_one(object: &Object, probe: Probe, how: UprobeUse) -> Result<OwnedFd, SpansUnavailable> {
    let name = PROGRAMS.iter().find(|row| row.attach == Attach::Site(probe)).map_or("", |row| row.name);
    let unavailable = |source| SpansUnavailable::Program { name, source };
    let program = object.programs.get(name).ok_or_else(|| unavailable(Unavailable::Missing))?;
    let function = object.functions.get(&program.function_key()).ok_or_else(|| unavailable(Unavailable::Missing))?;
    load_uprobe_program(name, &function.instructions, &program.license, how)
        .map_err(|Refused { error, log }| unavailable(Unavailable::refused(&error, log)))
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
