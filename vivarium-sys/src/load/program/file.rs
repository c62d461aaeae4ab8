//! Files and directories.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::FieldSet;
use crate::load::Syscall::*;

/// From the running call to the file whose attribute it changes.
const CHANGED: FieldSet = OF_DESCRIPTOR.with(RUNNING_CALL).with(ACTING);

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls(
        "sys_open",
        &[Open, Openat, Openat2, OpenByHandleAt, Creat],
        &[EventKind::PATH_OPEN, EventKind::FILE_CREATE],
        OF_DESCRIPTOR,
    ),
    Program::lsm("lsm_open", "file_open", &[EventKind::PATH_OPEN, EventKind::FILE_CREATE], OF_FILE.with(ACTING)),
    Program::fentry(
        "fentry_open",
        "security_file_open",
        &[EventKind::PATH_OPEN, EventKind::FILE_CREATE],
        OF_FILE.with(ACTING),
    ),
    Program::syscalls(
        "sys_unlink",
        &[Unlink, Unlinkat, Rmdir],
        &[EventKind::FILE_UNLINK, EventKind::FILE_RMDIR],
        OF_DESCRIPTOR,
    ),
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
    Program::lsm("lsm_rmdir", "path_rmdir", &[EventKind::FILE_RMDIR], PATH),
    Program::fentry("fentry_rmdir", "security_path_rmdir", &[EventKind::FILE_RMDIR], PATH),
    Program::syscalls("sys_mkdir", &[Mkdir, Mkdirat], &[EventKind::FILE_MKDIR], OF_DESCRIPTOR),
    Program::lsm("lsm_mkdir", "path_mkdir", &[EventKind::FILE_MKDIR], PATH),
    Program::fentry("fentry_mkdir", "security_path_mkdir", &[EventKind::FILE_MKDIR], PATH),
    Program::syscalls(
        "sys_mknod",
        &[Mknod, Mknodat],
        &[EventKind::FILE_CREATE, EventKind::FILE_MKNOD],
        OF_DESCRIPTOR.with(UMASK),
    ),
    Program::lsm(
        "lsm_mknod",
        "path_mknod",
        &[EventKind::FILE_CREATE, EventKind::FILE_MKNOD],
        PATH.with(RUNNING_CALL).with(UMASK),
    ),
    Program::fentry(
        "fentry_mknod",
        "security_path_mknod",
        &[EventKind::FILE_CREATE, EventKind::FILE_MKNOD],
        PATH.with(RUNNING_CALL).with(UMASK),
    ),
    Program::syscalls("sys_chown", &[Chown, Lchown, Fchown, Fchownat], &[EventKind::FILE_CHOWN], OF_DESCRIPTOR),
    Program::lsm("lsm_chown", "path_chown", &[EventKind::FILE_CHOWN], PATH),
    Program::fentry("fentry_chown", "security_path_chown", &[EventKind::FILE_CHOWN], PATH),
    Program::syscalls("sys_truncate", &[Truncate, Ftruncate], &[EventKind::FILE_TRUNCATE], OF_DESCRIPTOR),
    Program::lsm("lsm_truncate", "path_truncate", &[EventKind::FILE_TRUNCATE], PATH.with(RUNNING_CALL)),
    Program::fentry("fentry_truncate", "security_path_truncate", &[EventKind::FILE_TRUNCATE], PATH.with(RUNNING_CALL)),
    // Before Linux 6.2 the hook of paths is asked for open files too.
    Program::lsm("lsm_ftrunc", "file_truncate", &[EventKind::FILE_TRUNCATE], OF_FILE.with(RUNNING_CALL))
        .where_there_is_one(),
    Program::fentry("fentry_ftrunc", "security_file_truncate", &[EventKind::FILE_TRUNCATE], OF_FILE.with(RUNNING_CALL))
        .where_there_is_one(),
    Program::syscalls(
        "sys_setxattr",
        &[Setxattr, Lsetxattr, Fsetxattr, Setxattrat],
        &[EventKind::FILE_SETXATTR],
        OF_DESCRIPTOR,
    ),
    Program::lsm("lsm_setxattr", "inode_setxattr", &[EventKind::FILE_SETXATTR], CHANGED),
    Program::fentry("fentry_setxattr", "security_inode_setxattr", &[EventKind::FILE_SETXATTR], CHANGED),
    Program::syscalls(
        "sys_rmxattr",
        &[Removexattr, Lremovexattr, Fremovexattr, Removexattrat],
        &[EventKind::FILE_REMOVEXATTR],
        OF_DESCRIPTOR,
    ),
    Program::lsm("lsm_rmxattr", "inode_removexattr", &[EventKind::FILE_REMOVEXATTR], CHANGED),
    Program::fentry("fentry_rmxattr", "security_inode_removexattr", &[EventKind::FILE_REMOVEXATTR], CHANGED),
    // Before Linux 6.2 access control lists are attributes like others.
    Program::lsm("lsm_set_acl", "inode_set_acl", &[EventKind::FILE_SETXATTR], CHANGED).where_there_is_one(),
    Program::lsm("lsm_rm_acl", "inode_remove_acl", &[EventKind::FILE_REMOVEXATTR], CHANGED).where_there_is_one(),
    Program::fentry("fentry_set_acl", "security_inode_set_acl", &[EventKind::FILE_SETXATTR], CHANGED)
        .where_there_is_one(),
    Program::fentry("fentry_rm_acl", "security_inode_remove_acl", &[EventKind::FILE_REMOVEXATTR], CHANGED)
        .where_there_is_one(),
    Program::syscalls("sys_getdents", &[Getdents, Getdents64], &[EventKind::FILE_GETDENTS], OF_DESCRIPTOR),
    Program::lsm("lsm_getdents", "file_permission", &[EventKind::FILE_GETDENTS], OF_DESCRIPTOR.with(RUNNING_CALL)),
    Program::fentry("fentry_getdents", "iterate_dir", &[EventKind::FILE_GETDENTS], OF_DESCRIPTOR.with(RUNNING_CALL)),
    Program::syscalls("sys_stat", &[Stat, Fstat, Lstat, Newfstatat, Statx], &[EventKind::FILE_STAT], OF_DESCRIPTOR),
    Program::lsm("lsm_stat", "inode_getattr", &[EventKind::FILE_STAT], PATH.with(ACTING)),
    Program::fentry("fentry_stat", "security_inode_getattr", &[EventKind::FILE_STAT], PATH.with(ACTING)),
    Program::syscalls("sys_receive", &[Recvmsg, PidfdGetfd], &[EventKind::FILE_RECEIVE], OF_DESCRIPTOR),
    Program::lsm("lsm_receive", "file_receive", &[EventKind::FILE_RECEIVE], OF_FILE),
    Program::fentry("fentry_receive", "security_file_receive", &[EventKind::FILE_RECEIVE], OF_FILE),
];
