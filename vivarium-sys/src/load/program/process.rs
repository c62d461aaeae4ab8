//! Processes, beyond their coming and going.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::Syscall::*;

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_execve", &[Execve, Execveat], &[EventKind::PROC_EXEC], OF_DESCRIPTOR),
    Program::syscalls(
        "sys_kill",
        &[Kill, Tkill, Tgkill, RtSigqueueinfo, RtTgsigqueueinfo, PidfdSendSignal],
        &[EventKind::TASK_KILL],
        REGISTERS.with(DESCRIPTOR).with(PIDFD),
    ),
    Program::lsm("lsm_kill", "task_kill", &[EventKind::TASK_KILL], TASK),
    Program::fentry("fentry_kill", "security_task_kill", &[EventKind::TASK_KILL], TASK),
];
