//! Users, groups, capabilities.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::Syscall::*;

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls(
        "sys_setid",
        &[Setuid, Setreuid, Setresuid, Setfsuid],
        &[EventKind::SETID_CHANGE],
        REGISTERS.with(USERS),
    ),
    Program::lsm("lsm_setid", "task_fix_setuid", &[EventKind::SETID_CHANGE], USERS),
    Program::fentry("fentry_setid", "security_task_fix_setuid", &[EventKind::SETID_CHANGE], USERS),
];
