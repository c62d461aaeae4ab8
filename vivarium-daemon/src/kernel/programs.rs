//! The programs that are loaded.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};
use std::thread;

use aya::programs::Program as Handle;
use aya::{Btf, Ebpf};
use vivarium_sys::event::Backend;
use vivarium_sys::load::{Assigned, Assignment, Attach, Offsets, PROGRAMS, Program};

use super::Hold;
use super::program::{self, Unavailable};

/// The programs that are loaded, and what is needed to load more.
pub(super) struct Programs {
    /// What holds programs where they are attached, by their names, if aya doesn't.
    links: BTreeMap<&'static str, OwnedFd>,
    ebpf: Ebpf,
    types: Option<Btf>,
    offsets: Offsets,
}

impl Programs {
    pub(super) fn new(ebpf: Ebpf, types: Btf, offsets: Offsets) -> Self {
        Self { links: BTreeMap::new(), ebpf, types: Some(types), offsets }
    }

    /// What every backend needs, without the programs of sites.
    pub(super) fn essential() -> impl Iterator<Item = &'static Program> {
        PROGRAMS.iter().filter(|program| program.is_essential())
    }

    /// What this backend has besides, in the order in which it is attached: what is called by others first.
    pub(super) fn of(backend: Backend) -> impl Iterator<Item = &'static Program> {
        let besides = |program: &&Program| {
            !program.is_essential() && !matches!(program.attach, Attach::Site(_) | Attach::Functions(..))
        };
        let own = move |program: &&Program| besides(program) && program.backends.contains(&backend);
        let is_called = |program: &&Program| matches!(program.attach, Attach::Syscalls(_));
        let called = PROGRAMS.iter().filter(own).filter(is_called);
        called.chain(PROGRAMS.iter().filter(own).filter(move |program| !is_called(program)))
    }

    /// Loads and attaches programs, and gives what became of each. They are loaded side by side, since the verifier takes
    /// its time for each, and attached in the order in which they are given. Where one without which the others are worth
    /// nothing is refused, no more of them are loaded.
    pub(super) fn start(
        &mut self,
        programs: impl IntoIterator<Item = &'static Program>,
        is_vital: fn(&Program) -> bool,
    ) -> Vec<(&'static Program, Result<(), Unavailable>)> {
        let programs: Vec<_> = programs.into_iter().collect();
        let mut loaded = self.load(&programs, is_vital);
        let attach = |program: &'static Program| {
            let started = loaded.remove(program.name).unwrap_or(Err(Unavailable::Missing));
            (program, started.and_then(|()| self.attach(program)))
        };
        programs.into_iter().map(attach).collect()
    }

    /// Puts away what only loading needs: the kernel's types are most of what this process holds.
    pub(super) fn put_types_away(&mut self) {
        self.types = None;
    }

    /// Loads programs on all processors, and gives what became of those that the object has.
    fn load(
        &mut self,
        programs: &[&'static Program],
        is_vital: fn(&Program) -> bool,
    ) -> BTreeMap<&'static str, Result<(), Unavailable>> {
        let row = |name: &str| programs.iter().find(|program| program.name == name).copied();
        let handles = self.ebpf.programs_mut().filter_map(|(name, handle)| Some((row(name)?, handle)));
        let mut handles: Vec<_> = handles.collect();
        // Taken from the end: what reads most of the kernel takes longest, and nobody waits for it when it begins first.
        handles.sort_by_key(|(program, _)| (is_vital(program), program.needs.iter().count()));
        let waiting = Mutex::new(handles);
        let work = || {
            let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let next = || waiting().pop();
            let one = |(program, handle): (&'static Program, &mut Handle)| {
                let checked = program::check(program, &self.offsets);
                let loaded = checked.and_then(|()| program::load(handle, program, self.types.as_ref()));
                if loaded.is_err() && is_vital(program) {
                    waiting().clear();
                }
                (program.name, loaded)
            };
            std::iter::from_fn(next).map(one).collect::<Vec<_>>()
        };
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            // This thread is one of them; where no other can be made, it does everything.
            let others = 1..processors.min(programs.len());
            let others: Vec<_> = others.map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
            let mut loaded = work();
            loaded.extend(others.into_iter().flat_map(|other| other.join().unwrap_or_default()));
            loaded.into_iter().collect()
        })
    }

    fn attach(&mut self, program: &Program) -> Result<(), Unavailable> {
        if let Some(link) = program::attach(&mut self.ebpf, program)? {
            self.links.insert(program.name, link);
        }
        Ok(())
    }

    /// What holds programs where they are attached, of what takes the kernel long to detach, to be dropped in any order.
    pub(super) fn let_go(&mut self) -> Vec<Hold> {
        std::mem::take(&mut self.links).into_values().map(|link| -> Hold { Box::new(link) }).collect()
    }

    /// Detaches and unloads a program, if it was loaded.
    pub(super) fn stop(&mut self, program: &Program) {
        self.links.remove(program.name);
        // It isn't loaded where that failed.
        let _ = program::unload(&mut self.ebpf, program);
    }

    /// Whether a program is loaded.
    #[cfg(test)]
    pub(super) fn is_loaded(&self, program: &Program) -> bool {
        self.ebpf.program(program.name).is_some_and(|handle| handle.fd().is_ok())
    }

    /// How often the kernel skipped each of the programs, where none of ours counts that better.
    pub(super) fn times_skipped(&self) -> io::Result<Vec<(&'static str, u64)>> {
        let only_kernel_knows = |program: &&Program| !program.is_counted_by_another();
        PROGRAMS
            .iter()
            .filter(only_kernel_knows)
            .map(|program| Ok((program.name, program::times_skipped(&self.ebpf, program)?)))
            .collect()
    }

    /// The thread that runs this, in the initial namespace.
    pub(super) fn whoami(&mut self) -> Result<u32, Unavailable> {
        self.run("whoami", [0; 12])
    }

    /// Changes by whom a thread is observed.
    pub(super) fn assign(&mut self, assignment: &Assignment) -> Result<Assigned, Unavailable> {
        let Assignment { thread, process, before, after, flags } = *assignment;
        let answer = self.run("assign", [thread, process, before.0, after.0, flags, 0, 0, 0, 0, 0, 0, 0])?;
        Assigned::from_number(answer).ok_or(Unavailable::Missing)
    }

    fn run(&mut self, name: &str, numbers: [u64; 12]) -> Result<u32, Unavailable> {
        let program = PROGRAMS.iter().find(|program| program.name == name).ok_or(Unavailable::Missing)?;
        program::run(&mut self.ebpf, program, numbers)
    }
}
