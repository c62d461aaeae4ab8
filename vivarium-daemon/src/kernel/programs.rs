//! The programs that are loaded.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;

use aya::{Btf, Ebpf};
use vivarium_sys::event::Backend;
use vivarium_sys::load::{Attach, Offsets, PROGRAMS, Program};

use super::program::{self, Unavailable};

/// The programs that are loaded, and what is needed to load more.
pub(super) struct Programs {
    /// What holds programs where they are attached, by their names, if aya doesn't.
    links: BTreeMap<&'static str, OwnedFd>,
    ebpf: Ebpf,
    types: Btf,
    offsets: Offsets,
}

impl Programs {
    pub(super) fn new(ebpf: Ebpf, types: Btf, offsets: Offsets) -> Self {
        Self { links: BTreeMap::new(), ebpf, types, offsets }
    }

    /// What every backend needs, without the programs of sites.
    pub(super) fn essential() -> impl Iterator<Item = &'static Program> {
        let everywhere = PROGRAMS.iter().filter(|program| program.backends == Backend::ALL);
        everywhere.filter(|program| !matches!(program.attach, Attach::Site(_)))
    }

    /// What this backend has for itself, in the order in which it is attached: what is called by others first.
    pub(super) fn of(backend: Backend) -> impl Iterator<Item = &'static Program> {
        let own = move |program: &&Program| program.backends == [backend];
        let is_called = |program: &&Program| matches!(program.attach, Attach::Syscalls(_));
        let called = PROGRAMS.iter().filter(own).filter(is_called);
        called.chain(PROGRAMS.iter().filter(own).filter(move |program| !is_called(program)))
    }

    /// Loads and attaches a program.
    pub(super) fn start(&mut self, program: &Program) -> Result<(), Unavailable> {
        program::check(program, &self.offsets)?;
        program::load(&mut self.ebpf, program, &self.types)?;
        if let Some(link) = program::attach(&mut self.ebpf, program)? {
            self.links.insert(program.name, link);
        }
        Ok(())
    }

    /// Detaches and unloads a program, if it was loaded.
    pub(super) fn stop(&mut self, program: &Program) {
        self.links.remove(program.name);
        // It isn't loaded where that failed.
        let _ = program::unload(&mut self.ebpf, program);
    }

    /// How often the kernel skipped each of the programs.
    pub(super) fn times_skipped(&self) -> io::Result<Vec<(&'static str, u64)>> {
        PROGRAMS.iter().map(|program| Ok((program.name, program::times_skipped(&self.ebpf, program)?))).collect()
    }

    /// The thread that runs this, in the initial namespace.
    pub(super) fn whoami(&mut self) -> Result<u32, Unavailable> {
        let whoami = PROGRAMS.iter().find(|program| program.attach == Attach::TestRun).ok_or(Unavailable::Missing)?;
        program::run(&mut self.ebpf, whoami)
    }
}
