//! Every BPF program: where it is attached, whom it serves, and what it needs of the kernel.
//!
//! As with the table of events, each family has a file of its own.

mod code;
mod file;
mod identity;
mod kernel;
mod lifecycle;
mod needs;
mod net;
mod process;

use super::field::FieldSet;
use super::syscall::Syscall;
use crate::event::{Backend, EventKind};
use crate::probe::Probe;

/// Where a program is attached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Attach {
    /// To this probe of every observed site. The cookie is the site's id; 0 where an argument carries it.
    Site(Probe),
    /// To a tracepoint with typed arguments.
    Tracepoint(&'static str),
    /// To the first of these tracepoints with typed arguments that the kernel has: it was renamed.
    AnyTracepoint(&'static [&'static str]),
    /// To a hook of the Linux security modules.
    Lsm(&'static str),
    /// To the entry of a function of the kernel.
    Fentry(&'static str),
    /// To the return of a function of the kernel.
    Fexit(&'static str),
    /// To a trace event: its group and its name. No kernel skips its program because one of it runs already.
    Event(&'static str, &'static str),
    /// To the end of every system call: to a tracepoint where no kernel skips its program there, else to a trace event.
    SyscallExit,
    /// Nowhere: it is a program like those at the end of every system call, and [`SYSCALLS`](super::map::SYSCALLS) holds it
    /// for these.
    Syscalls(&'static [Syscall]),
    /// To functions of programs and libraries, by their symbols. The cookie is the index of the symbol.
    Functions(Moment, &'static [&'static str]),
    /// Nowhere: a raw tracepoint program that is run by `BPF_PROG_TEST_RUN`, takes numbers, and answers by its return value.
    TestRun,
}

/// When a program runs that is attached to functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// When a function is called.
    Entry,
    /// When it returns, at each instruction by which it does. Where it returns to isn't touched.
    Return,
}

/// A BPF program.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name, of at most 15 bytes.
    pub name: &'static str,
    /// Where it is attached.
    pub attach: Attach,
    /// The backends that it is part of.
    pub backends: &'static [Backend],
    /// The kinds of event that it tells of.
    pub events: &'static [EventKind],
    /// The fields that it can't do without.
    pub needs: FieldSet,
    /// What a kernel misses that doesn't have what it is attached to.
    pub absence: Absence,
}

/// What a kernel misses that doesn't have what a program is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absence {
    /// The kinds of event that the program tells of.
    Loss,
    /// Nothing: other programs see there what this one sees elsewhere.
    Harmless,
}

/// The families.
const FAMILIES: [&[Program]; 7] = [
    lifecycle::PROGRAMS,
    file::PROGRAMS,
    net::PROGRAMS,
    process::PROGRAMS,
    identity::PROGRAMS,
    kernel::PROGRAMS,
    code::PROGRAMS,
];

/// Every program.
pub const PROGRAMS: &[Program] = &{
    let mut all = [lifecycle::PROGRAMS[0]; COUNT];
    let (mut family, mut next) = (0, 0);
    while family < FAMILIES.len() {
        let mut at = 0;
        while at < FAMILIES[family].len() {
            all[next] = FAMILIES[family][at];
            (at, next) = (at + 1, next + 1);
        }
        family += 1;
    }
    all
};

/// How many there are.
const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

impl Program {
    /// Whether another program counts how often the kernel skips this one, and for whom:
    /// [`SkippedExec`](super::Oddity::SkippedExec).
    #[must_use]
    pub fn is_counted_by_another(&self) -> bool {
        self.attach == Attach::Tracepoint("sched_process_exec")
    }

    /// Whether nothing is observed without it, whatever the backend: the session follows processes by these, and every
    /// backend sees some system calls.
    #[must_use]
    pub fn is_essential(&self) -> bool {
        let is_for_all = self.backends.len() == Backend::ALL.len();
        let is_of_kernel =
            matches!(self.attach, Attach::TestRun | Attach::Tracepoint(_) | Attach::Event(..) | Attach::SyscallExit);
        is_for_all && is_of_kernel && self.events.iter().all(|kind| kind.is_lifecycle())
    }

    const fn everywhere(name: &'static str, attach: Attach, events: &'static [EventKind], needs: FieldSet) -> Self {
        Self { name, attach, backends: &Backend::ALL, events, needs, absence: Absence::Loss }
    }

    const fn syscalls(
        name: &'static str,
        calls: &'static [Syscall],
        events: &'static [EventKind],
        needs: FieldSet,
    ) -> Self {
        Self {
            name,
            attach: Attach::Syscalls(calls),
            backends: &[Backend::Syscalls],
            events,
            needs,
            absence: Absence::Loss,
        }
    }

    /// Of what no backend sees by anything else.
    const fn any_syscalls(
        name: &'static str,
        calls: &'static [Syscall],
        events: &'static [EventKind],
        needs: FieldSet,
    ) -> Self {
        Self { name, attach: Attach::Syscalls(calls), backends: &Backend::ALL, events, needs, absence: Absence::Loss }
    }

    const fn functions(
        name: &'static str,
        moment: Moment,
        symbols: &'static [&'static str],
        events: &'static [EventKind],
    ) -> Self {
        let attach = Attach::Functions(moment, symbols);
        Self { name, attach, backends: &Backend::ALL, events, needs: FieldSet::NONE, absence: Absence::Loss }
    }

    const fn lsm(name: &'static str, hook: &'static str, events: &'static [EventKind], needs: FieldSet) -> Self {
        Self { name, attach: Attach::Lsm(hook), backends: &[Backend::Lsm], events, needs, absence: Absence::Loss }
    }

    const fn fentry(name: &'static str, function: &'static str, events: &'static [EventKind], needs: FieldSet) -> Self {
        Self {
            name,
            attach: Attach::Fentry(function),
            backends: &[Backend::Fentry],
            events,
            needs,
            absence: Absence::Loss,
        }
    }

    /// What both backends of the security hooks see when a function returns.
    const fn fexit(name: &'static str, function: &'static str, events: &'static [EventKind], needs: FieldSet) -> Self {
        Self {
            name,
            attach: Attach::Fexit(function),
            backends: &[Backend::Lsm, Backend::Fentry],
            events,
            needs,
            absence: Absence::Loss,
        }
    }

    /// What system calls don't tell and a trace event does.
    const fn event(
        name: &'static str,
        event: (&'static str, &'static str),
        events: &'static [EventKind],
        needs: FieldSet,
    ) -> Self {
        Self {
            name,
            attach: Attach::Event(event.0, event.1),
            backends: &[Backend::Syscalls],
            events,
            needs,
            absence: Absence::Loss,
        }
    }

    /// The same, where the kernel has what it is attached to.
    const fn where_there_is_one(self) -> Self {
        Self { absence: Absence::Harmless, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// Where a program looks, as the table of events names it.
    fn hooks(attach: Attach) -> Vec<&'static str> {
        match attach {
            Attach::Tracepoint(name)
            | Attach::Event(_, name)
            | Attach::Lsm(name)
            | Attach::Fentry(name)
            | Attach::Fexit(name) => vec![name],
            Attach::Syscalls(calls) => calls.iter().map(|call| call.name()).collect(),
            Attach::Functions(_, names) | Attach::AnyTracepoint(names) => names.to_vec(),
            Attach::Site(_) | Attach::TestRun | Attach::SyscallExit => vec![],
        }
    }

    /// Whether the table of events says that `backend` sees this kind by `hook`.
    fn is_told(kind: EventKind, backend: Backend, hook: &str) -> bool {
        let sight = kind.spec().expect("in the table of events").sight(backend);
        sight.is_some_and(|sight| sight.hooks.contains(&hook))
    }

    #[test]
    fn every_backend_sees_each_kind_by_the_hooks_that_the_table_of_events_names() {
        for event in EventKind::all() {
            for &(backend, sight) in event.sights {
                let serve =
                    |program: &&Program| program.backends.contains(&backend) && program.events.contains(&event.kind);
                let looks: Vec<_> = PROGRAMS.iter().filter(serve).flat_map(|program| hooks(program.attach)).collect();
                for hook in sight.hooks {
                    assert!(looks.contains(hook), "{} by {}: nobody looks at {hook}", event.name, backend.name());
                }
            }
        }
    }

    #[test]
    fn every_program_looks_only_where_the_table_of_events_says() {
        for program in PROGRAMS.iter().filter(|program| !program.events.is_empty()) {
            for &backend in program.backends {
                for hook in hooks(program.attach) {
                    let told = program.events.iter().any(|kind| is_told(*kind, backend, hook));
                    assert!(told, "{} looks at {hook}, by which {} sees nothing", program.name, backend.name());
                }
                for kind in program.events {
                    let looks = hooks(program.attach).iter().any(|hook| is_told(*kind, backend, hook));
                    assert!(looks, "{} tells of {kind:?} by what the table doesn't name", program.name);
                }
            }
        }
    }

    #[test]
    fn a_system_call_has_one_program() {
        let handled = PROGRAMS.iter().filter_map(|program| match program.attach {
            Attach::Syscalls(calls) => Some(calls),
            _ => None,
        });
        let mut handled: Vec<_> = handled.flatten().map(|call| call.name()).collect();
        handled.sort_unstable();
        assert!(handled.windows(2).all(|pair| pair[0] != pair[1]), "{handled:?}");
    }

    #[test]
    fn the_kernel_shows_the_whole_name_of_each_program() {
        for program in PROGRAMS {
            assert!(program.name.len() <= 15, "{}", program.name);
            let same = PROGRAMS.iter().filter(|other| other.name == program.name);
            assert_eq!(same.count(), 1, "{}", program.name);
        }
    }
}
