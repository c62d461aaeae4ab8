//! The programs of places in files: probe sites, and functions of libraries.

use vivarium_session::accounting::Missing;
use vivarium_sys::load::{Attach, PROGRAMS, Program};
use vivarium_sys::probe::Probe;

use super::program::Unavailable;
use super::programs::{Loaded, Programs};
use super::tracefs::NoTracefs;
use super::uprobe::{SpanPrograms, UprobeProgram};
use crate::cli::with_causes;

/// Why spans cannot be seen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpansUnavailable {
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

impl SpansUnavailable {
    /// What a session lacks for it.
    pub(crate) fn missing(&self) -> Missing {
        Missing::Functions { why: format!("functions are not seen: {}", with_causes(self)) }
    }
}

/// Those of sites.
pub(super) fn of_sites() -> impl Iterator<Item = &'static Program> {
    PROGRAMS.iter().filter(|row| matches!(row.attach, Attach::Site(_)))
}

/// The programs of sites, of those that were loaded.
pub(super) fn take_sites(programs: &Programs, loaded: &mut Loaded) -> Result<SpanPrograms, SpansUnavailable> {
    let mut program = |probe| {
        let row = of_sites().find(|row| row.attach == Attach::Site(probe));
        take(programs, loaded, row.map_or("", |row| row.name))
    };
    Ok(SpanPrograms { start: program(Probe::Start)?, stop: program(Probe::Stop)?, raise: program(Probe::Raise)? })
}

/// A program of places in files, of those that were loaded.
pub(super) fn take(
    programs: &Programs,
    loaded: &mut Loaded,
    name: &'static str,
) -> Result<UprobeProgram, SpansUnavailable> {
    let places = programs.places()?;
    match loaded.remove(name).unwrap_or(Err(Unavailable::Missing)) {
        Ok(program) => Ok(places.program(program)),
        Err(source) => Err(SpansUnavailable::Program { name, source }),
    }
}
