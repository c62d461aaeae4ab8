//! Files and directories. Numbers 1 to 31.

use super::{Sight, events};

/// What the security hooks can't tell of an open.
const OPEN_GAP: &str = "opens that fail, those with `O_PATH`, and the flag `O_CLOEXEC`; `mode` is what a file got";
/// What system calls can't tell of a path that isn't open afterwards.
const PATH_GAP: &str = "`..` and symbolic links in a path stay as they were given";

events! {
    /// A file is opened.
    PATH_OPEN = 1, "path_open", File, Info, On {
        path: Path = Text(0), "the file, absolute";
        flags: OpenFlags = Number(0), "how it is opened";
        mode: Mode = Number(1), "the permissions asked for a file that is created";
    } via {
        Lsm: Sight::by(&["file_open"]).but(OPEN_GAP),
        Fentry: Sight::by(&["security_file_open"]).but(OPEN_GAP),
        Syscalls: Sight::by(&["open", "openat", "openat2", "creat"])
            .but("the files that an exec opens; in the path of an open that fails, `..` and symbolic links stay as given"),
    }

    /// A name is removed.
    FILE_UNLINK = 3, "file_unlink", File, Info, On {
        path: Path = Text(0), "the name, absolute";
    } via {
        Lsm: Sight::by(&["path_unlink"]),
        Fentry: Sight::by(&["security_path_unlink"]),
        Syscalls: Sight::by(&["unlink", "unlinkat"]).but(PATH_GAP),
    }

    /// A file gets another name.
    FILE_RENAME = 4, "file_rename", File, Info, On {
        from: Path = Text(0), "the old name, absolute";
        to: Path = Text(1), "the new name, absolute";
        flags: RenameFlags = Number(0), "how it is renamed";
    } via {
        Lsm: Sight::by(&["path_rename"]),
        Fentry: Sight::by(&["security_path_rename"]),
        Syscalls: Sight::by(&["rename", "renameat", "renameat2"]).but(PATH_GAP),
    }

    /// A symbolic link is made.
    FILE_SYMLINK = 5, "file_symlink", File, Info, On {
        path: Path = Text(1), "the link, absolute";
        target: Path = Text(0), "what the link says, as it was given";
    } via {
        Lsm: Sight::by(&["path_symlink"]),
        Fentry: Sight::by(&["security_path_symlink"]),
        Syscalls: Sight::by(&["symlink", "symlinkat"]).but(PATH_GAP),
    }

    /// A file gets a second name.
    FILE_HARDLINK = 6, "file_hardlink", File, Info, On {
        from: Path = Text(0), "the name that it has, absolute";
        to: Path = Text(1), "the name that it gets, absolute";
    } via {
        Lsm: Sight::by(&["path_link"]),
        Fentry: Sight::by(&["security_path_link"]),
        Syscalls: Sight::by(&["link", "linkat"]).but(PATH_GAP),
    }

    /// The permissions of a file change.
    FILE_CHMOD = 10, "file_chmod", File, Medium, On {
        path: Path = Text(0), "the file, absolute";
        mode: Mode = Number(0), "the permissions that it gets";
    } via {
        Lsm: Sight::by(&["path_chmod"]),
        Fentry: Sight::by(&["security_path_chmod"]),
        Syscalls: Sight::by(&["chmod", "fchmod", "fchmodat", "fchmodat2"]).but(PATH_GAP),
    }
}
