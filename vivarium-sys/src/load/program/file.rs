//! Files and directories.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::Syscall::*;

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_open", &[Open, Openat, Openat2, Creat], &[EventKind::PATH_OPEN], OF_DESCRIPTOR),
    Program::lsm("lsm_open", "file_open", &[EventKind::PATH_OPEN], OF_FILE),
    Program::fentry("fentry_open", "security_file_open", &[EventKind::PATH_OPEN], OF_FILE),
    Program::syscalls("sys_unlink", &[Unlink, Unlinkat], &[EventKind::FILE_UNLINK], OF_DESCRIPTOR),
    Program::lsm("lsm_unlink", "path_unlink", &[EventKind::FILE_UNLINK], PATH),
    Program::fentry("fentry_unlink", "security_path_unlink", &[EventKind::FILE_UNLINK], PATH),
    Program::syscalls("sys_rename", &[Rename, Renameat, Renameat2], &[EventKind::FILE_RENAME], OF_DESCRIPTOR),
    Program::lsm("lsm_rename", "path_rename", &[EventKind::FILE_RENAME], PATH),
    Program::fentry("fentry_rename", "security_path_rename", &[EventKind::FILE_RENAME], PATH),
    Program::syscalls("sys_symlink", &[Symlink, Symlinkat], &[EventKind::FILE_SYMLINK], OF_DESCRIPTOR),
    Program::lsm("lsm_symlink", "path_symlink", &[EventKind::FILE_SYMLINK], PATH),
    Program::fentry("fentry_symlink", "security_path_symlink", &[EventKind::FILE_SYMLINK], PATH),
    Program::syscalls("sys_hardlink", &[Link, Linkat], &[EventKind::FILE_HARDLINK], OF_DESCRIPTOR),
    Program::lsm("lsm_hardlink", "path_link", &[EventKind::FILE_HARDLINK], PATH),
    Program::fentry("fentry_hardlink", "security_path_link", &[EventKind::FILE_HARDLINK], PATH),
    Program::syscalls("sys_chmod", &[Chmod, Fchmod, Fchmodat, Fchmodat2], &[EventKind::FILE_CHMOD], OF_DESCRIPTOR),
    Program::lsm("lsm_chmod", "path_chmod", &[EventKind::FILE_CHMOD], PATH),
    Program::fentry("fentry_chmod", "security_path_chmod", &[EventKind::FILE_CHMOD], PATH),
];
