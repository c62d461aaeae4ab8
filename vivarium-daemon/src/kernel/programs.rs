//! The programs that are loaded.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use vivarium_sys::event::Backend;
use vivarium_sys::load::{Assigned, Assignment, Attach, PROGRAMS, Program, map};

use super::abreast::abreast;
use super::facts::Facts;
use super::object::{Maps, Object};
use super::places::Places;
use super::program::{self, Unavailable};
use super::tracefs::NoTracefs;
use super::{Hold, detach, sys};

/// The programs that are loaded, and what is needed to load more.
pub(super) struct Programs {
    /// What holds programs where they are attached, by their names.
    links: BTreeMap<&'static str, OwnedFd>,
    /// Those of the kernel's own places.
    loaded: BTreeMap<&'static str, OwnedFd>,
    object: Object,
    /// Those maps that programs use alone: what is loaded later finds them by the numbers of their descriptors.
    maps: Maps,
    facts: Facts,
    /// How programs are attached to files here.
    places: Result<Places, NoTracefs>,
}

/// What became of programs, by their names.
pub(super) type Loaded = BTreeMap<&'static str, Result<OwnedFd, Unavailable>>;

impl Programs {
    pub(super) fn new(object: Object, maps: Maps, facts: Facts) -> Self {
        Self { links: BTreeMap::new(), loaded: BTreeMap::new(), object, maps, facts, places: Places::find() }
    }

    /// What every backend needs, without the programs of sites.
    pub(super) fn essential() -> impl Iterator<Item = &'static Program> {
        PROGRAMS.iter().filter(|program| program.is_essential())
    }

    /// What this backend has besides, in the order in which it is attached: what is called by others first.
    pub(super) fn of(backend: Backend) -> impl Iterator<Item = &'static Program> + Clone {
        let besides = |program: &&Program| {
            !program.is_essential() && !matches!(program.attach, Attach::Site(_) | Attach::Functions(..))
        };
        let own = move |program: &&Program| besides(program) && program.backends.contains(&backend);
        let is_called = |program: &&Program| matches!(program.attach, Attach::Syscalls(_));
        let called = PROGRAMS.iter().filter(own).filter(is_called);
        called.chain(PROGRAMS.iter().filter(own).filter(move |program| !is_called(program)))
    }

    /// How programs are attached to files here.
    pub(super) fn places(&self) -> Result<&Places, NoTracefs> {
        self.places.as_ref().map_err(|error| *error)
    }

    /// Loads programs on all processors, since the verifier takes its time for each, and gives what became of those that the
    /// object has. Where one without which the others are worth nothing is refused, no more of them are loaded.
    pub(super) fn load(
        &self,
        programs: impl IntoIterator<Item = &'static Program>,
        is_vital: fn(&Program) -> bool,
    ) -> Loaded {
        let codes = programs.into_iter().filter_map(|program| Some((program, self.object.code(program.name)?)));
        let mut codes: Vec<_> = codes.collect();
        // What takes longest begins first, so that nobody waits for it alone in the end.
        codes.sort_by_key(|(program, code)| (is_vital(program), code.len()));
        let loaded = abreast(codes, |(program, code)| {
            let checked = program::check(program, &self.facts.offsets);
            let loaded =
                checked.and_then(|()| program::load(&self.object, code, program, &self.facts.targets, self.places()));
            let goes_on = loaded.is_ok() || !is_vital(program);
            ((program.name, loaded), goes_on)
        });
        loaded.into_iter().collect()
    }

    /// Attaches programs that were loaded, in the order in which they are given, and tells what became of each.
    pub(super) fn attach(
        &mut self,
        programs: impl IntoIterator<Item = &'static Program>,
        loaded: &mut Loaded,
    ) -> Vec<(&'static Program, Result<(), Unavailable>)> {
        let attach = |program: &'static Program| {
            let loaded = loaded.remove(program.name).unwrap_or(Err(Unavailable::Missing));
            (program, loaded.and_then(|loaded| self.attach_one(program, loaded)))
        };
        programs.into_iter().map(attach).collect()
    }

    fn attach_one(&mut self, program: &Program, loaded: OwnedFd) -> Result<(), Unavailable> {
        let handlers = self.maps.get(map::SYSCALLS);
        let link = program::attach(loaded.as_fd(), program, handlers)?;
        self.links.extend(link.map(|link| (program.name, link)));
        self.loaded.insert(program.name, loaded);
        Ok(())
    }

    /// What holds programs where they are attached, to be dropped in any order.
    pub(super) fn let_go(&mut self) -> Vec<Hold> {
        std::mem::take(&mut self.links).into_values().map(|link| -> Hold { Box::new(link) }).collect()
    }

    /// Detaches and unloads programs, those of them that were loaded.
    pub(super) fn stop(&mut self, programs: impl Iterator<Item = &'static Program> + Clone) {
        let links = programs.clone().filter_map(|program| self.links.remove(program.name));
        detach(links.map(|link| -> Hold { Box::new(link) }));
        programs.for_each(|program| drop(self.loaded.remove(program.name)));
    }

    /// Whether a program is loaded.
    #[cfg(test)]
    pub(super) fn is_loaded(&self, program: &Program) -> bool {
        self.loaded.contains_key(program.name)
    }

    /// How often the kernel skipped each of the programs, where none of ours counts that better.
    pub(super) fn times_skipped(&self) -> io::Result<Vec<(&'static str, u64)>> {
        let only_kernel_knows = |program: &&Program| !program.is_counted_by_another();
        PROGRAMS
            .iter()
            .filter(only_kernel_knows)
            .map(|program| Ok((program.name, self.times_skipped_of(program)?)))
            .collect()
    }

    /// The same of one program; not at all where it isn't loaded.
    fn times_skipped_of(&self, program: &Program) -> io::Result<u64> {
        self.loaded.get(program.name).map_or(Ok(0), |loaded| sys::times_skipped(loaded.as_fd()))
    }

    /// The thread that runs this, in the initial namespace.
    pub(super) fn whoami(&self) -> Result<u32, Unavailable> {
        self.run("whoami", [0; 12])
    }

    /// Changes by whom a thread is observed.
    pub(super) fn assign(&self, assignment: &Assignment) -> Result<Assigned, Unavailable> {
        let Assignment { thread, process, before, after, flags } = *assignment;
        let answer = self.run("assign", [thread, process, before.0, after.0, flags, 0, 0, 0, 0, 0, 0, 0])?;
        Assigned::from_number(answer).ok_or(Unavailable::Missing)
    }

    fn run(&self, name: &str, numbers: [u64; 12]) -> Result<u32, Unavailable> {
        let program = self.loaded.get(name).ok_or(Unavailable::Missing)?;
        sys::run_program(program.as_fd(), &numbers).map_err(|error| Unavailable::refused(&error, String::new()))
    }
}
