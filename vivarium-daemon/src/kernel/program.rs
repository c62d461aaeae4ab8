//! Loading one program, and attaching it where the table of programs says.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::{fmt, io};

use super::sys;
use super::tracefs::{NoTracefs, Tracefs};
use aya::maps::{MapError, ProgramArray};
use aya::programs::{Program as Handle, ProgramError, TestRun};
use aya::{Btf, BtfError, Ebpf, RawTracePointRunOptions};
use nix::errno::Errno;
use vivarium_sys::load::{Attach, Field, Offsets, Program, map};

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
    /// It needs the kernel's types, which nobody has any more.
    #[error("the kernel's types were put away when all was loaded: start again to load more")]
    TypesPutAway,
    /// Something else.
    #[error("it cannot be used: {0}")]
    Other(ProgramError),
}

impl Unavailable {
    /// What the kernel answered.
    pub(super) fn refused(error: &io::Error, log: String) -> Self {
        Self::Refused { error: Errno::from_raw(error.raw_os_error().unwrap_or_default()), log }
    }
}

impl From<ProgramError> for Unavailable {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::LoadError { io_error, verifier_log } => Self::refused(&io_error, verifier_log.to_string()),
            ProgramError::SyscallError(refused) => Self::refused(&refused.io_error, String::new()),
            ProgramError::Btf(BtfError::UnknownBtfTypeName { type_name }) => Self::Target(type_name),
            other => Self::Other(other),
        }
    }
}

impl From<MapError> for Unavailable {
    fn from(error: MapError) -> Self {
        Self::from(ProgramError::from(error))
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

/// Loads a program. Those of sites are loaded by [`spans`](super::spans).
pub(super) fn load(handle: &mut Handle, program: &Program, types: Option<&Btf>) -> Result<(), Unavailable> {
    let types = || types.ok_or(Unavailable::TypesPutAway);
    match (handle, program.attach) {
        (Handle::BtfTracePoint(handle), Attach::Tracepoint(name)) => handle.load(name, types()?)?,
        (Handle::BtfTracePoint(handle), Attach::AnyTracepoint(names)) => {
            let mut lacking = Unavailable::Missing;
            for name in names {
                match handle.load(name, types()?).map_err(Unavailable::from) {
                    Err(error @ Unavailable::Target(_)) => lacking = error,
                    loaded => return loaded,
                }
            }
            return Err(lacking);
        }
        (Handle::TracePoint(handle), Attach::Event(..) | Attach::SyscallExit | Attach::Syscalls(_)) => handle.load()?,
        (Handle::RawTracePoint(handle), Attach::SyscallExit | Attach::Syscalls(_) | Attach::TestRun) => {
            handle.load()?
        }
        (Handle::Lsm(handle), Attach::Lsm(hook)) => handle.load(hook, types()?)?,
        (Handle::FEntry(handle), Attach::Fentry(function)) => handle.load(function, types()?)?,
        (Handle::FExit(handle), Attach::Fexit(function)) => handle.load(function, types()?)?,
        _ => return Err(Unavailable::Missing),
    }
    Ok(())
}

/// Attaches a program that is loaded. What is given has to be kept for as long as it is to be attached.
pub(super) fn attach(ebpf: &mut Ebpf, program: &Program) -> Result<Option<OwnedFd>, Unavailable> {
    match (handle(ebpf, program)?, program.attach) {
        (Handle::BtfTracePoint(handle), Attach::Tracepoint(_) | Attach::AnyTracepoint(_)) => {
            handle.attach()?;
        }
        (Handle::Lsm(handle), Attach::Lsm(_)) => {
            handle.attach()?;
        }
        (Handle::FEntry(handle), Attach::Fentry(_)) => {
            handle.attach()?;
        }
        (Handle::FExit(handle), Attach::Fexit(_)) => {
            handle.attach()?;
        }
        (Handle::TracePoint(handle), Attach::Event(group, name)) => {
            return attach_to_event(handle.fd()?.as_fd(), group, name).map(Some);
        }
        (Handle::TracePoint(handle), Attach::SyscallExit) => {
            let (group, name) = SYSCALL_EXIT;
            return attach_to_event(handle.fd()?.as_fd(), group, name).map(Some);
        }
        (Handle::RawTracePoint(handle), Attach::SyscallExit) => {
            let (_, name) = SYSCALL_EXIT;
            return attach_to_raw_tracepoint(handle.fd()?.as_fd(), name).map(Some);
        }
        (handle, Attach::Syscalls(calls)) => {
            let handler = handle.fd()?.try_clone().map_err(ProgramError::from)?;
            let mut handlers = ProgramArray::try_from(ebpf.map_mut(map::SYSCALLS).ok_or(Unavailable::Missing)?)?;
            for call in calls {
                handlers.set(call.number(), &handler, 0)?;
            }
        }
        (Handle::RawTracePoint(_), Attach::TestRun) => {}
        _ => return Err(Unavailable::Missing),
    }
    Ok(None)
}

/// Where the kernel tells of the end of system calls: the group and the name of a trace event, and the name of the tracepoint
/// that it is made from.
const SYSCALL_EXIT: (&str, &str) = ("raw_syscalls", "sys_exit");

/// Attaches a program to a tracepoint, past its trace event.
fn attach_to_raw_tracepoint(program: BorrowedFd<'_>, name: &str) -> Result<OwnedFd, Unavailable> {
    let c_name = CString::new(name).unwrap_or_default();
    sys::link_raw_tracepoint(program, &c_name).map_err(|error| match error.raw_os_error() {
        Some(libc::ENOENT) => Unavailable::Target(format!("tracepoint {name}")),
        _ => Unavailable::refused(&error, String::new()),
    })
}

/// Attaches a program to a trace event, on all processors.
fn attach_to_event(program: BorrowedFd<'_>, group: &str, name: &str) -> Result<OwnedFd, Unavailable> {
    const COOKIE: u64 = 0;
    let number = Tracefs::find()?.event_number(group, name);
    let number = number.map_err(|_| Unavailable::Target(format!("trace event {group}:{name}")))?;
    let link = sys::open_trace_event(number).and_then(|event| sys::link_perf_event(program, event.as_fd(), COOKIE));
    link.map_err(|error| Unavailable::refused(&error, String::new()))
}

/// Detaches a program, and forgets that it was loaded.
pub(super) fn unload(ebpf: &mut Ebpf, program: &Program) -> Result<(), Unavailable> {
    match handle(ebpf, program)? {
        Handle::BtfTracePoint(handle) => handle.unload()?,
        Handle::TracePoint(handle) => handle.unload()?,
        Handle::RawTracePoint(handle) => handle.unload()?,
        Handle::Lsm(handle) => handle.unload()?,
        Handle::FEntry(handle) => handle.unload()?,
        Handle::FExit(handle) => handle.unload()?,
        _ => return Err(Unavailable::Missing),
    }
    Ok(())
}

/// Runs a program once, here and now, on these numbers, and gives what it answers.
pub(super) fn run(ebpf: &mut Ebpf, program: &Program, numbers: [u64; 12]) -> Result<u32, Unavailable> {
    match handle(ebpf, program)? {
        Handle::RawTracePoint(handle) => {
            let options = RawTracePointRunOptions { args: numbers, ..RawTracePointRunOptions::new() };
            Ok(handle.test_run(options)?.return_value)
        }
        _ => Err(Unavailable::Missing),
    }
}

/// How often the kernel skipped a program; not at all where it isn't loaded.
pub(super) fn times_skipped(ebpf: &Ebpf, program: &Program) -> io::Result<u64> {
    match ebpf.program(program.name).map(Handle::fd) {
        Some(Ok(loaded)) => sys::times_skipped(loaded.as_fd()),
        _ => Ok(0),
    }
}

fn handle<'e>(ebpf: &'e mut Ebpf, program: &Program) -> Result<&'e mut Handle, Unavailable> {
    ebpf.program_mut(program.name).ok_or(Unavailable::Missing)
}
