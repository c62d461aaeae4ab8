//! Every BPF program: where it is attached, whom it serves, and what it needs of the kernel.

use super::field::Field::*;
use super::field::FieldSet;
use super::syscall::Syscall::{self, *};
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
    /// To a hook of the Linux security modules.
    Lsm(&'static str),
    /// To the entry of a function of the kernel.
    Fentry(&'static str),
    /// Nowhere: it is a typed program of the tracepoint `sys_exit` that [`SYSCALLS`](super::map::SYSCALLS) holds for these
    /// system calls.
    Syscalls(&'static [Syscall]),
    /// Nowhere: a raw tracepoint program that is run by `BPF_PROG_TEST_RUN` and answers by its return value.
    TestRun,
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
}

/// Every program.
pub const PROGRAMS: &[Program] = &[
    // What every backend needs.
    Program::everywhere("span_start", Attach::Site(Probe::Start), &[], FieldSet::NONE),
    Program::everywhere("span_stop", Attach::Site(Probe::Stop), &[], FieldSet::NONE),
    Program::everywhere("span_raise", Attach::Site(Probe::Raise), &[], FieldSet::NONE),
    Program::everywhere("task_fork", Attach::Tracepoint("sched_process_fork"), &[EventKind::PROC_FORK], FORK),
    Program::everywhere("task_exec", Attach::Tracepoint("sched_process_exec"), &[EventKind::PROC_EXEC], EXEC),
    Program::everywhere("task_exit", Attach::Tracepoint("sched_process_exit"), &[EventKind::PROC_EXIT], EXIT),
    // Returns the id of the thread that runs it, in the initial namespace: the key for `ADOPT`.
    Program::everywhere("whoami", Attach::TestRun, &[], FieldSet::NONE),
    // System calls, when they return.
    Program {
        name: "sys_exit",
        attach: Attach::Tracepoint("sys_exit"),
        backends: &[Backend::Syscalls],
        events: &[],
        needs: FieldSet::of(&[RegsOrigAx, TaskStatus]),
    },
    Program::syscalls("sys_open", &[Open, Openat, Openat2, Creat], EventKind::PATH_OPEN, OF_DESCRIPTOR),
    Program::syscalls("sys_unlink", &[Unlink, Unlinkat], EventKind::FILE_UNLINK, OF_DESCRIPTOR),
    Program::syscalls("sys_rename", &[Rename, Renameat, Renameat2], EventKind::FILE_RENAME, OF_DESCRIPTOR),
    Program::syscalls("sys_symlink", &[Symlink, Symlinkat], EventKind::FILE_SYMLINK, OF_DESCRIPTOR),
    Program::syscalls("sys_hardlink", &[Link, Linkat], EventKind::FILE_HARDLINK, OF_DESCRIPTOR),
    Program::syscalls("sys_chmod", &[Chmod, Fchmod, Fchmodat, Fchmodat2], EventKind::FILE_CHMOD, OF_DESCRIPTOR),
    Program::syscalls("sys_connect", &[Connect], EventKind::SOCK_CONNECT, OF_DESCRIPTOR.with(SOCKET)),
    Program::syscalls("sys_socket", &[Socket, Socketpair], EventKind::ODD_SOCKET, REGISTERS),
    Program::syscalls("sys_execve", &[Execve, Execveat], EventKind::PROC_EXEC, OF_DESCRIPTOR),
    Program::syscalls(
        "sys_setid",
        &[Setuid, Setreuid, Setresuid, Setfsuid],
        EventKind::SETID_CHANGE,
        REGISTERS.with(USERS),
    ),
    Program::syscalls(
        "sys_kill",
        &[Kill, Tkill, Tgkill, RtSigqueueinfo, RtTgsigqueueinfo, PidfdSendSignal],
        EventKind::TASK_KILL,
        REGISTERS.with(DESCRIPTOR).with(PIDFD),
    ),
    // Security hooks.
    Program::lsm("lsm_open", "file_open", EventKind::PATH_OPEN, OF_FILE),
    Program::lsm("lsm_unlink", "path_unlink", EventKind::FILE_UNLINK, PATH),
    Program::lsm("lsm_rename", "path_rename", EventKind::FILE_RENAME, PATH),
    Program::lsm("lsm_symlink", "path_symlink", EventKind::FILE_SYMLINK, PATH),
    Program::lsm("lsm_hardlink", "path_link", EventKind::FILE_HARDLINK, PATH),
    Program::lsm("lsm_chmod", "path_chmod", EventKind::FILE_CHMOD, PATH),
    Program::lsm("lsm_connect", "socket_connect", EventKind::SOCK_CONNECT, SOCKET),
    Program::lsm("lsm_socket", "socket_create", EventKind::ODD_SOCKET, FieldSet::NONE),
    Program::lsm("lsm_setid", "task_fix_setuid", EventKind::SETID_CHANGE, USERS),
    Program::lsm("lsm_kill", "task_kill", EventKind::TASK_KILL, TASK),
    Program::fentry("fentry_open", "security_file_open", EventKind::PATH_OPEN, OF_FILE),
    Program::fentry("fentry_unlink", "security_path_unlink", EventKind::FILE_UNLINK, PATH),
    Program::fentry("fentry_rename", "security_path_rename", EventKind::FILE_RENAME, PATH),
    Program::fentry("fentry_symlink", "security_path_symlink", EventKind::FILE_SYMLINK, PATH),
    Program::fentry("fentry_hardlink", "security_path_link", EventKind::FILE_HARDLINK, PATH),
    Program::fentry("fentry_chmod", "security_path_chmod", EventKind::FILE_CHMOD, PATH),
    Program::fentry("fentry_connect", "security_socket_connect", EventKind::SOCK_CONNECT, SOCKET),
    Program::fentry("fentry_socket", "security_socket_create", EventKind::ODD_SOCKET, FieldSet::NONE),
    Program::fentry("fentry_setid", "security_task_fix_setuid", EventKind::SETID_CHANGE, USERS),
    Program::fentry("fentry_kill", "security_task_kill", EventKind::TASK_KILL, TASK),
];

/// Who a task is.
const TASK: FieldSet = FieldSet::of(&[TaskPid, TaskTgid]);
/// The users of a task.
const USERS: FieldSet = FieldSet::of(&[TaskCred, CredUid, CredEuid, CredSuid]);
/// From a place in the file system to its path.
const PATH: FieldSet = FieldSet::of(&[
    TaskFs,
    FsRoot,
    PathMnt,
    PathDentry,
    DentryParent,
    DentryNameText,
    DentryNameLength,
    DentryHash,
    DentryInode,
    DentrySuper,
    SuperMagic,
    InodeNumber,
    VfsmountRoot,
    MountMnt,
    MountParent,
    MountMountpoint,
]);
/// From a file to its path.
const OF_FILE: FieldSet = PATH.with(FieldSet::of(&[FilePath, FileFlags, FileInode, InodeMode]));
/// From a descriptor to its file.
const DESCRIPTOR: FieldSet = FieldSet::of(&[TaskFiles, FilesFdt, FdtableFd, FdtableMaxFds]);
/// From the file of a pidfd to its process.
const PIDFD: FieldSet = FieldSet::of(&[FileInode, FilePrivateData, InodePrivate, PidNumbers]);
/// The arguments of a system call.
const REGISTERS: FieldSet = FieldSet::of(&[RegsDi, RegsSi, RegsDx, RegsR10, RegsR8, RegsR9, RegsOrigAx]);
/// From the arguments of a system call to paths.
const OF_DESCRIPTOR: FieldSet = REGISTERS.with(DESCRIPTOR).with(OF_FILE).with(FieldSet::of(&[FsPwd]));
/// From a file to its socket.
const SOCKET: FieldSet =
    FieldSet::of(&[FileInode, InodeMode, FilePrivateData, SocketSk, SocketType, SockFamily, SockProtocol]);
/// A task is made.
const FORK: FieldSet = TASK.with(USERS);
/// A program is executed.
const EXEC: FieldSet = TASK.with(USERS).with(OF_FILE).with(FieldSet::of(&[
    FsPwd,
    TaskMm,
    MmArgStart,
    MmArgEnd,
    BprmFile,
    BprmFilename,
    BprmInterp,
    BprmArgc,
]));
/// A task ends.
const EXIT: FieldSet =
    TASK.with(FieldSet::of(&[TaskSignal, TaskGroupLeader, TaskExitCode, SignalLive, SignalFlags, SignalGroupExitCode]));

impl Program {
    const fn everywhere(name: &'static str, attach: Attach, events: &'static [EventKind], needs: FieldSet) -> Self {
        Self { name, attach, backends: &Backend::ALL, events, needs }
    }

    const fn syscalls(name: &'static str, calls: &'static [Syscall], event: EventKind, needs: FieldSet) -> Self {
        let attach = Attach::Syscalls(calls);
        Self { name, attach, backends: &[Backend::Syscalls], events: one(event), needs }
    }

    const fn lsm(name: &'static str, hook: &'static str, event: EventKind, needs: FieldSet) -> Self {
        Self { name, attach: Attach::Lsm(hook), backends: &[Backend::Lsm], events: one(event), needs }
    }

    const fn fentry(name: &'static str, function: &'static str, event: EventKind, needs: FieldSet) -> Self {
        Self { name, attach: Attach::Fentry(function), backends: &[Backend::Fentry], events: one(event), needs }
    }
}

/// A list of one.
const fn one(event: EventKind) -> &'static [EventKind] {
    match event.spec() {
        Some(spec) => core::slice::from_ref(&spec.kind),
        None => panic!("not in the table of events"),
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
            Attach::Tracepoint(name) | Attach::Lsm(name) | Attach::Fentry(name) => vec![name],
            Attach::Syscalls(calls) => calls.iter().map(|call| call.name()).collect(),
            Attach::Site(_) | Attach::TestRun => vec![],
        }
    }

    #[test]
    fn every_backend_sees_each_kind_by_the_hooks_that_the_table_of_events_names() {
        for event in EventKind::all() {
            for backend in Backend::ALL {
                let serve =
                    |program: &&Program| program.backends.contains(&backend) && program.events.contains(&event.kind);
                let looks: Vec<_> = PROGRAMS.iter().filter(serve).flat_map(|program| hooks(program.attach)).collect();
                let told = event.sight(backend).map_or(&[][..], |sight| sight.hooks);
                assert_eq!(looks, told, "{} by {}", event.name, backend.name());
            }
        }
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
