//! Files and directories. Numbers 1 to 31.

use super::{Sight, events};

/// What the security hooks can't tell of an open.
const OPEN_GAP: &str = "opens that fail, those with `O_PATH`, and the flag `O_CLOEXEC`; `mode` is what a file got";
/// What the security hooks can't tell.
const HOOK_GAP: &str = "calls that fail before the kernel asks for permission";
/// The same of files that are created.
const CREATE_GAP: &str = "calls that fail before the kernel asks for permission; of a file that `mknod` makes, what a \
                          default ACL changes in `mode`";
/// What the security hooks can't tell where they are given neither a path nor all arguments.
const ARGUMENT_GAP: &str = "calls that fail before the kernel asks for permission, and the path where io_uring is used; \
                            `..` and symbolic links in the path stay as they were given";
/// What system calls can't tell of a path that isn't open afterwards.
const PATH_GAP: &str = "`..` and symbolic links in a path stay as they were given";
/// What system calls can't tell of users and groups.
const OWNER_GAP: &str = "`..` and symbolic links in a path stay as they were given; `uid` and `gid` are as the user \
                         namespace of the process has them";

events! {
    /// A file is opened.
    PATH_OPEN = 1, "path_open", File, Info, On {
        path: Path = Text(0), "the file, absolute";
        flags: OpenFlags = Number(0), "how it is opened";
        mode: Mode = Number(1), "the permissions asked for a file that is created";
    } via {
        Lsm: Sight::by(&["file_open"]).but(OPEN_GAP),
        Fentry: Sight::by(&["security_file_open"]).but(OPEN_GAP),
        Syscalls: Sight::by(&[
            "open",
            "openat",
            "openat2",
            "open_by_handle_at",
            "creat",
            "io_uring_submit_req",
            "io_uring_submit_sqe",
        ])
        .but(
            "the files that an exec opens; in the path of an open that fails, `..` and symbolic links stay as given, and \
             what a handle stands for is not known",
        ),
    }

    /// A file is created.
    FILE_CREATE = 2, "file_create", File, Info, On {
        path: Path = Text(0), "the file, absolute";
        mode: Mode = Number(0), "its permissions";
    } via {
        Lsm: Sight::by(&["file_open", "path_mknod"]).but(CREATE_GAP),
        Fentry: Sight::by(&["security_file_open", "security_path_mknod"]).but(CREATE_GAP),
        Syscalls: Sight::by(&["open", "openat", "openat2", "creat", "mknod", "mknodat"])
            .but(
                "files that are created through io_uring; of a file that `mknod` makes, what a default ACL changes in `mode`; \
                 `..` and symbolic links in a path stay as they were given",
            ),
    }

    /// A name is removed.
    FILE_UNLINK = 3, "file_unlink", File, Info, On {
        path: Path = Text(0), "the name, absolute";
    } via {
        Lsm: Sight::by(&["path_unlink"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_unlink"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["unlink", "unlinkat", "io_uring_submit_req", "io_uring_submit_sqe"]).but(PATH_GAP),
    }

    /// A file gets another name.
    FILE_RENAME = 4, "file_rename", File, Info, On {
        from: Path = Text(0), "the old name, absolute";
        to: Path = Text(1), "the new name, absolute";
        flags: RenameFlags = Number(0), "how it is renamed";
    } via {
        Lsm: Sight::by(&["path_rename"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_rename"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["rename", "renameat", "renameat2"]).but(PATH_GAP),
    }

    /// A symbolic link is made.
    FILE_SYMLINK = 5, "file_symlink", File, Info, On {
        path: Path = Text(1), "the link, absolute";
        target: Path = Text(0), "what the link says, as it was given";
    } via {
        Lsm: Sight::by(&["path_symlink"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_symlink"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["symlink", "symlinkat"]).but(PATH_GAP),
    }

    /// A file gets a second name.
    FILE_HARDLINK = 6, "file_hardlink", File, Info, On {
        from: Path = Text(0), "the name that it has, absolute";
        to: Path = Text(1), "the name that it gets, absolute";
    } via {
        Lsm: Sight::by(&["path_link"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_link"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["link", "linkat"]).but(PATH_GAP),
    }

    /// A directory is made.
    FILE_MKDIR = 7, "file_mkdir", File, Info, On {
        path: Path = Text(0), "the directory, absolute";
        mode: Mode = Number(0), "the permissions asked for";
    } via {
        Lsm: Sight::by(&["path_mkdir"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_mkdir"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["mkdir", "mkdirat"]).but(PATH_GAP),
    }

    /// A directory is removed.
    FILE_RMDIR = 8, "file_rmdir", File, Info, On {
        path: Path = Text(0), "the directory, absolute";
    } via {
        Lsm: Sight::by(&["path_rmdir"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_rmdir"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["rmdir", "unlinkat"]).but(PATH_GAP),
    }

    /// A device, a pipe or a socket is made in a directory.
    FILE_MKNOD = 9, "file_mknod", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        type: FileType = Number(0), "what it is";
        device: Device = Number(1), "which device, of one";
        mode: Mode = Number(2), "the permissions asked for";
    } via {
        Lsm: Sight::by(&["path_mknod"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_mknod"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["mknod", "mknodat"])
            .but("the sockets that a bind makes; `..` and symbolic links in a path stay as they were given"),
    }

    /// The permissions of a file change.
    FILE_CHMOD = 10, "file_chmod", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        mode: Mode = Number(0), "the permissions that it gets";
    } via {
        Lsm: Sight::by(&["path_chmod"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_chmod"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["chmod", "fchmod", "fchmodat", "fchmodat2"]).but(PATH_GAP),
    }

    /// The owner or the group of a file changes.
    FILE_CHOWN = 11, "file_chown", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        uid: Uid = Number(0), "the user that it gets, or -1 for the one that it has";
        gid: Gid = Number(1), "the group that it gets, or -1 for the one that it has";
    } via {
        Lsm: Sight::by(&["path_chown"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_chown"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["chown", "lchown", "fchown", "fchownat"]).but(OWNER_GAP),
    }

    /// A file is made shorter or longer.
    FILE_TRUNCATE = 12, "file_truncate", File, Info, On {
        path: Path = Text(0), "the file, absolute";
        length: Length = Number(0), "how many bytes it is to have";
    } via {
        Lsm: Sight::by(&["path_truncate", "file_truncate"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_path_truncate", "security_file_truncate"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["truncate", "ftruncate"]).but(PATH_GAP),
    }

    /// An extended attribute of a file is set.
    FILE_SETXATTR = 13, "file_setxattr", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        name: Text = Text(1), "the attribute";
        size: Length = Number(0), "how many bytes its value has";
        flags: XattrFlags = Number(1), "whether it must be new or there already";
    } via {
        Lsm: Sight::by(&["inode_setxattr", "inode_set_acl"]).but(ARGUMENT_GAP),
        Fentry: Sight::by(&["security_inode_setxattr", "security_inode_set_acl"]).but(ARGUMENT_GAP),
        Syscalls: Sight::by(&["setxattr", "lsetxattr", "fsetxattr", "setxattrat"]).but(PATH_GAP),
    }

    /// An extended attribute of a file is removed.
    FILE_REMOVEXATTR = 14, "file_removexattr", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        name: Text = Text(1), "the attribute";
    } via {
        Lsm: Sight::by(&["inode_removexattr", "inode_remove_acl"]).but(ARGUMENT_GAP),
        Fentry: Sight::by(&["security_inode_removexattr", "security_inode_remove_acl"]).but(ARGUMENT_GAP),
        Syscalls: Sight::by(&["removexattr", "lremovexattr", "fremovexattr", "removexattrat"]).but(PATH_GAP),
    }

    /// The names in a directory are read.
    FILE_GETDENTS = 15, "file_getdents", File, Info, On {
        path: Path = Text(0), "the directory, absolute";
        count: Length = Number(0), "how many bytes of names there is room for";
    } via {
        Lsm: Sight::by(&["file_permission"]).but(HOOK_GAP),
        Fentry: Sight::by(&["iterate_dir"]).but("calls that fail before the kernel reads the directory"),
        Syscalls: Sight::by(&["getdents", "getdents64"]),
    }

    /// It is asked what a file is: its size, its owner, its times.
    FILE_STAT = 16, "file_stat", File, Info, Off {
        path: Path = Text(0), "the file, absolute";
    } via {
        Lsm: Sight::by(&["inode_getattr"]).but(HOOK_GAP),
        Fentry: Sight::by(&["security_inode_getattr"]).but(HOOK_GAP),
        Syscalls: Sight::by(&["stat", "fstat", "lstat", "newfstatat", "statx"]).but(PATH_GAP),
    }

    /// An open file is received from another process.
    FILE_RECEIVE = 17, "file_receive", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
    } via {
        Lsm: Sight::by(&["file_receive"]),
        Fentry: Sight::by(&["security_file_receive"]),
        Syscalls: Sight::by(&["recvmsg", "pidfd_getfd"])
            .but("files beyond the first 253 of a message, and those received by recvmmsg and io_uring"),
    }
}
