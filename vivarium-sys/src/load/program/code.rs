//! Code that comes to be executed.

use super::needs::*;
use super::{Moment, Program};
use crate::event::{ENVIRONMENT_CALLS, EventKind};
use crate::load::Syscall::*;

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_mmap", &[Mmap], &[EventKind::MMAP_EXEC], OF_DESCRIPTOR),
    Program::lsm("lsm_mmap", "mmap_file", &[EventKind::MMAP_EXEC], OF_FILE.with(RUNNING_CALL)),
    Program::fentry("fentry_mmap", "security_mmap_file", &[EventKind::MMAP_EXEC], OF_FILE.with(RUNNING_CALL)),
    Program::syscalls("sys_mprotect", &[Mprotect, PkeyMprotect], &[EventKind::MPROTECT_EXEC], REGISTERS),
    Program::lsm("lsm_mprotect", "file_mprotect", &[EventKind::MPROTECT_EXEC], OF_AREA),
    Program::fentry("fentry_mprotect", "security_file_mprotect", &[EventKind::MPROTECT_EXEC], OF_AREA),
    Program::any_syscalls("sys_memfd", &[MemfdCreate], &[EventKind::MEMFD_CREATE], REGISTERS),
    // What is attached last runs first: it waits for what the other one looks at. The path that was found is known when the
    // function returns.
    Program::functions("dlopen_begin", Moment::Entry, LOADERS, &[EventKind::DLOPEN]),
    Program::functions("dlopen_end", Moment::Return, LOADERS, &[EventKind::DLOPEN]),
    Program::functions("dlopen_fetch", Moment::Return, LOADERS, &[EventKind::DLOPEN]),
    Program::functions("env_access", Moment::Entry, ENVIRONMENT_CALLS, &[EventKind::ENV_ACCESS]),
    Program::functions("env_fetch", Moment::Entry, ENVIRONMENT_CALLS, &[EventKind::ENV_ACCESS]),
];

/// The functions that load libraries. The second has one more argument, before the others.
const LOADERS: &[&str] = &["dlopen", "dlmopen"];
