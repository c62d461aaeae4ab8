//! Processes, beyond their coming and going.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::Field::TaskRealParent;
use crate::load::FieldSet;
use crate::load::Syscall::*;

/// What an access to another process may be.
const ACCESS: &[EventKind] = &[EventKind::PTRACE_CHECK, EventKind::PROCESS_VM];

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_execve", &[Execve, Execveat], &[EventKind::PROC_EXEC], OF_DESCRIPTOR),
    Program::syscalls(
        "sys_kill",
        &[Kill, Tkill, Tgkill, RtSigqueueinfo, RtTgsigqueueinfo, PidfdSendSignal],
        &[EventKind::TASK_KILL],
        REGISTERS.with(DESCRIPTOR).with(PIDFD).with(TASK_OF_NUMBER),
    ),
    Program::lsm("lsm_kill", "task_kill", &[EventKind::TASK_KILL], OTHER_TASK),
    Program::fentry("fentry_kill", "security_task_kill", &[EventKind::TASK_KILL], OTHER_TASK),
    Program::syscalls(
        "sys_ptrace",
        &[Ptrace],
        &[EventKind::PTRACE_CHECK, EventKind::PTRACE_TRACEME],
        REGISTERS.with(TASK_OF_NUMBER).with(FieldSet::of(&[TaskRealParent])),
    ),
    Program::syscalls(
        "sys_process_vm",
        &[ProcessVmReadv, ProcessVmWritev],
        &[EventKind::PROCESS_VM],
        REGISTERS.with(TASK_OF_NUMBER),
    ),
    Program::lsm("lsm_ptrace", "ptrace_access_check", ACCESS, OTHER_TASK.with(RUNNING_CALL)),
    Program::fentry("fentry_ptrace", "security_ptrace_access_check", ACCESS, OTHER_TASK.with(RUNNING_CALL)),
    Program::lsm("lsm_traceme", "ptrace_traceme", &[EventKind::PTRACE_TRACEME], OTHER_TASK),
    Program::fentry("fentry_traceme", "security_ptrace_traceme", &[EventKind::PTRACE_TRACEME], OTHER_TASK),
    Program::syscalls("sys_prctl", &[Prctl], &[EventKind::TASK_PRCTL], REGISTERS),
    Program::lsm("lsm_prctl", "task_prctl", &[EventKind::TASK_PRCTL], FieldSet::NONE),
    Program::fentry("fentry_prctl", "security_task_prctl", &[EventKind::TASK_PRCTL], FieldSet::NONE),
];
