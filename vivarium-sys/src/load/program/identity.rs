//! Users, groups, capabilities.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::Field::*;
use crate::load::FieldSet;
use crate::load::Syscall::*;

/// The groups that a task has besides its own.
const OTHER_GROUPS: FieldSet = FieldSet::of(&[CredGroups, GroupsCount, GroupsList]);
/// The credentials of the task that runs.
const OWN_CREDENTIALS: FieldSet = FieldSet::of(&[TaskCred, TaskRealCred]);
/// What the kernel answers to a task that asks whether it may.
const ANSWERED: FieldSet = OWN_CREDENTIALS.with(FieldSet::of(&[RegsOrigAx, CapableCred, CapableCap, CapableRet]));
/// What an exec makes of a task.
const NEW_CREDENTIALS: FieldSet =
    OF_FILE.with(USERS).with(GROUPS).with(FieldSet::of(&[BprmFile, BprmCred, CredPermitted]));

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls(
        "sys_setid",
        &[Setuid, Setreuid, Setresuid, Setfsuid],
        &[EventKind::SETID_CHANGE],
        REGISTERS.with(USERS),
    ),
    Program::lsm("lsm_setid", "task_fix_setuid", &[EventKind::SETID_CHANGE], USERS),
    Program::fentry("fentry_setid", "security_task_fix_setuid", &[EventKind::SETID_CHANGE], USERS),
    Program::syscalls(
        "sys_setgid",
        &[Setgid, Setregid, Setresgid, Setfsgid],
        &[EventKind::SETGID_CHANGE],
        REGISTERS.with(GROUPS),
    ),
    Program::lsm("lsm_setgid", "task_fix_setgid", &[EventKind::SETGID_CHANGE], GROUPS),
    Program::fentry("fentry_setgid", "security_task_fix_setgid", &[EventKind::SETGID_CHANGE], GROUPS),
    Program::syscalls("sys_setgroups", &[Setgroups], &[EventKind::SETGROUPS_CHANGE], REGISTERS),
    Program::lsm("lsm_setgroups", "task_fix_setgroups", &[EventKind::SETGROUPS_CHANGE], OTHER_GROUPS),
    Program::fentry("fentry_setgroup", "security_task_fix_setgroups", &[EventKind::SETGROUPS_CHANGE], OTHER_GROUPS),
    Program::syscalls("sys_capset", &[Capset], &[EventKind::CAPSET_CHANGE], REGISTERS),
    Program::lsm("lsm_capset", "capset", &[EventKind::CAPSET_CHANGE], FieldSet::NONE),
    Program::fentry("fentry_capset", "security_capset", &[EventKind::CAPSET_CHANGE], FieldSet::NONE),
    Program::fexit("fexit_capable", "security_capable", &[EventKind::CAPABLE_CHECK], OWN_CREDENTIALS),
    Program::event("cap_capable", ("capability", "cap_capable"), &[EventKind::CAPABLE_CHECK], ANSWERED),
    Program::lsm("lsm_creds", "bprm_committing_creds", &[EventKind::BPRM_CREDS], NEW_CREDENTIALS),
    Program::fentry("fentry_creds", "security_bprm_committing_creds", &[EventKind::BPRM_CREDS], NEW_CREDENTIALS),
    Program::syscalls("sys_userns", &[Clone, Clone3, Unshare], &[EventKind::USERNS_CREATE], REGISTERS),
    Program::lsm("lsm_userns", "userns_create", &[EventKind::USERNS_CREATE], USERS.with(RUNNING_CALL)),
    Program::fentry("fentry_userns", "security_create_user_ns", &[EventKind::USERNS_CREATE], USERS.with(RUNNING_CALL)),
];
