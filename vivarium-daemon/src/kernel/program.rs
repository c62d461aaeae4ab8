//! Loading one program, and attaching it where the table of programs says.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::{fmt, io};

use aya::maps::Map;
use aya_obj::ProgramSection;
use nix::errno::Errno;
use vivarium_sys::load::{Attach, Field, Offsets, Program};

use super::object::{Code, Object};
use super::places::Places;
use super::returns::SyscallPrograms;
use super::sys::{self, Purpose, Refused};
use super::targets::Targets;
use super::tracefs::{NoTracefs, Tracefs};

/// Why a program isn't there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// What it reads isn't there.
    #[error("this kernel has no {}", Fields(.0))]
    Fields(Vec<Field>),
    /// What it is attached to isn't there.
    #[error("this kernel has no {0}")]
    Target(String),
    /// Nor is what tells of all that programs are attached to.
    #[error(transparent)]
    NoTracefs(#[from] NoTracefs),
    /// There is no room for its descriptors.
    #[error("too many files are open: raise the limit first, with `ulimit -n`")]
    TooManyFiles,
    /// The kernel does not want it.
    #[error("the kernel refuses it ({error}{})", Objection(.log))]
    Refused {
        /// What it answered.
        error: Errno,
        /// What the verifier said.
        log: String,
    },
    /// The object and the table contradict each other.
    #[error("the BPF object has no such program: build it again with `cargo xtask bpf`")]
    Missing,
}

impl Unavailable {
    /// What the kernel answered.
    pub(super) fn refused(error: &io::Error, log: String) -> Self {
        match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
            Errno::EMFILE | Errno::ENFILE => Self::TooManyFiles,
            error => Self::Refused { error, log },
        }
    }
}

impl From<Refused> for Unavailable {
    fn from(Refused { error, log }: Refused) -> Self {
        Self::refused(&error, log)
    }
}

/// What the verifier objects to, which stands before the last line of its words.
struct Objection<'a>(&'a str);

impl fmt::Display for Objection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |line: &&str| !line.is_empty() && !line.starts_with("processed ");
        match self.0.lines().rev().find(words) {
            Some(objection) => write!(f, "; {objection}"),
            None => Ok(()),
        }
    }
}

/// Fields by the kernel's names for them.
struct Fields<'a>(&'a [Field]);

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, field) in self.0.iter().enumerate() {
            let (structure, path) = field.location();
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{structure}.{path}")?;
        }
        Ok(())
    }
}

/// The fields that a program needs are there.
pub(super) fn check(program: &Program, offsets: &Offsets) -> Result<(), Unavailable> {
    let lacking: Vec<_> = program.needs.iter().filter(|field| offsets.get(*field).is_none()).collect();
    if lacking.is_empty() { Ok(()) } else { Err(Unavailable::Fields(lacking)) }
}

/// Loads a program.
pub(super) fn load(
    object: &Object,
    code: &Code,
    program: &Program,
    targets: &Targets,
    places: Result<&Places, NoTracefs>,
) -> Result<OwnedFd, Unavailable> {
    let target = || targets.number(program.attach);
    let purpose = match (&code.section, program.attach) {
        (ProgramSection::BtfTracePoint, Attach::Tracepoint(_) | Attach::AnyTracepoint(_)) => {
            Purpose::Tracepoint(target()?)
        }
        (ProgramSection::TracePoint, Attach::Event(..)) => Purpose::Event,
        (ProgramSection::Lsm { .. }, Attach::Lsm(_)) => Purpose::Lsm(target()?),
        (ProgramSection::FEntry { .. }, Attach::Fentry(_)) => Purpose::Entry(target()?),
        (ProgramSection::FExit { .. }, Attach::Fexit(_)) => Purpose::Return(target()?),
        (ProgramSection::RawTracePoint, Attach::TestRun) => Purpose::Raw,
        (ProgramSection::RawTracePoint, Attach::SyscallExit | Attach::Syscalls(_)) => {
            match SyscallPrograms::of_the_running_kernel() {
                SyscallPrograms::Typed => Purpose::Tracepoint(target()?),
                SyscallPrograms::OfEvent => Purpose::Event,
            }
        }
        (ProgramSection::UProbe { .. }, Attach::Site(_) | Attach::Functions(..)) => places?.purpose(),
        _ => return Err(Unavailable::Missing),
    };
    Ok(sys::load_program(&object.loading(program.name, code, purpose))?)
}

/// Attaches a program to the kernel's own places. What is given has to be kept for as long as it is to be attached.
pub(super) fn attach(
    loaded: BorrowedFd<'_>,
    program: &Program,
    handlers: Option<&Map>,
) -> Result<Option<OwnedFd>, Unavailable> {
    let refused = |error: io::Error| Unavailable::refused(&error, String::new());
    match program.attach {
        Attach::Tracepoint(_) | Attach::AnyTracepoint(_) | Attach::Lsm(_) | Attach::Fentry(_) | Attach::Fexit(_) => {
            sys::link_typed(loaded).map(Some).map_err(refused)
        }
        Attach::Event(group, name) => attach_to_event(loaded, group, name).map(Some),
        Attach::SyscallExit => attach_to_syscall_exit(loaded).map(Some),
        Attach::Syscalls(calls) => {
            let Some(Map::ProgramArray(handlers)) = handlers else { return Err(Unavailable::Missing) };
            for call in calls {
                // SAFETY: it is an array of programs.
                unsafe { sys::set_program(handlers.fd().as_fd(), call.number(), loaded) }.map_err(refused)?;
            }
            Ok(None)
        }
        Attach::TestRun => Ok(None),
        _ => Err(Unavailable::Missing),
    }
}

/// Attaches a program to the end of every system call.
fn attach_to_syscall_exit(program: BorrowedFd<'_>) -> Result<OwnedFd, Unavailable> {
    match SyscallPrograms::of_the_running_kernel() {
        SyscallPrograms::Typed => sys::link_typed(program).map_err(|error| Unavailable::refused(&error, String::new())),
        SyscallPrograms::OfEvent => attach_to_event(program, "raw_syscalls", "sys_exit"),
    }
}

/// Attaches a program to a trace event, on all processors.
fn attach_to_event(program: BorrowedFd<'_>, group: &str, name: &str) -> Result<OwnedFd, Unavailable> {
    const COOKIE: u64 = 0;
    let number = Tracefs::find()?.event_number(group, name);
    let number = number.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unavailable::Target(format!("trace event {group}:{name}")),
        _ => Unavailable::refused(&error, String::new()),
    })?;
    let link = sys::open_trace_event(number).and_then(|event| sys::link_perf_event(program, event.as_fd(), COOKIE));
    link.map_err(|error| Unavailable::refused(&error, String::new()))
}
