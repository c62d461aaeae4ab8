//! The system as a whole: mounts, modules, what is loaded into the kernel. Numbers 80 to 103.

use super::{Sight, events};

/// What system calls can't tell of a path.
const PATH_GAP: &str = "`..` and symbolic links in a path stay as they were given";
/// What the hooks tell nothing of.
const REFUSED_GAP: &str = "what the kernel refuses before it asks its security modules";

/// The same of mounts, which can be changed by more than one call.
const MOUNT_REFUSED_GAP: &str = "what the kernel refuses before it asks its security modules, changes by \
                                 `mount_setattr`, and where a file system is that `fsconfig` remounts";
/// The same of system calls.
const MOUNT_GAP: &str = "`..` and symbolic links in a path stay as they were given; changes by `mount_setattr`, and where a \
                         file system is that `fsconfig` remounts";
/// What they can't tell of a path when the root directory is another one already.
const ROOT_GAP: &str = "`..` and symbolic links in a path stay as they were given, and one that isn't absolute is told from \
                        the new root";

events! {
    /// A file system is mounted, or a mount changed.
    SB_MOUNT = 80, "sb_mount", Kernel, High, On {
        device: Path = Text(0), "what is mounted, as it was given";
        path: Path = Text(1), "where, absolute";
        type: Text = Text(2), "the type of the file system";
        flags: MountFlags = Number(0), "how it is mounted";
    } via {
        Lsm: Sight::by(&["sb_mount", "fsconfig"]).but(MOUNT_REFUSED_GAP),
        Fentry: Sight::by(&["security_sb_mount", "fsconfig"]).but(MOUNT_REFUSED_GAP),
        Syscalls: Sight::by(&["mount", "fsconfig"]).but(MOUNT_GAP),
    }

    /// A file system is unmounted.
    SB_UMOUNT = 81, "sb_umount", Kernel, Medium, On {
        path: Path = Text(0), "where it was mounted, absolute";
        flags: UmountFlags = Number(0), "how it is unmounted";
    } via {
        Lsm: Sight::by(&["sb_umount"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_sb_umount"]).but(REFUSED_GAP),
        Syscalls: Sight::by(&["umount2"]).but(PATH_GAP),
    }

    /// A mount is put somewhere: one that was made by the newer calls, or one that was elsewhere.
    MOVE_MOUNT = 82, "move_mount", Kernel, High, On {
        from: Path = Text(0), "where it was, absolute";
        to: Path = Text(1), "where it is put, absolute";
        flags: MoveMountFlags = Number(0), "how it is moved";
    } via {
        Lsm: Sight::by(&["move_mount"]).but("what the kernel refuses before it asks its security modules, and the flags"),
        Fentry: Sight::by(&["security_move_mount"])
            .but("what the kernel refuses before it asks its security modules, and the flags"),
        Syscalls: Sight::by(&["move_mount"]).but(PATH_GAP),
    }

    /// Another mount becomes the root of the file system.
    PIVOT_ROOT = 83, "pivot_root", Kernel, High, On {
        path: Path = Text(0), "the new root, absolute";
        old: Path = Text(1), "where the old root is put, absolute";
    } via {
        Lsm: Sight::by(&["sb_pivotroot"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_sb_pivotroot"]).but(REFUSED_GAP),
        Syscalls: Sight::by(&["pivot_root"]).but(ROOT_GAP),
    }

    /// A process gets another root directory.
    CHROOT = 84, "chroot", Kernel, High, On {
        path: Path = Text(0), "the directory, absolute";
    } via {
        Lsm: Sight::by(&["path_chroot"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_path_chroot"]).but(REFUSED_GAP),
        Syscalls: Sight::by(&["chroot"]).but(ROOT_GAP),
    }

    /// The kernel reads a file for itself, such as a module.
    KERNEL_READ_FILE = 85, "kernel_read_file", Kernel, High, On {
        purpose: KernelReadId = Number(0), "what for";
        path: Path = Text(0), "the file, absolute";
    } via {
        Lsm: Sight::by(&["kernel_read_file"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_kernel_read_file"]).but(REFUSED_GAP),
        Syscalls: Sight::by(&["finit_module", "kexec_file_load"]).but("firmware, policies and certificates"),
    }

    /// The kernel is given bytes for itself, such as a module.
    KERNEL_LOAD_DATA = 86, "kernel_load_data", Kernel, High, On {
        purpose: KernelLoadId = Number(0), "what for";
    } via {
        Lsm: Sight::by(&["kernel_load_data"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_kernel_load_data"]).but(REFUSED_GAP),
        Syscalls: Sight::by(&["init_module", "kexec_load"]).but("firmware"),
    }

    /// The kernel asks for a module that it lacks.
    MODULE_REQUEST = 87, "module_request", Kernel, Medium, On {
        name: Text = Text(0), "the module";
    } via {
        Lsm: Sight::by(&["module_request"]),
        Fentry: Sight::by(&["module_request"]),
        Syscalls: Sight::by(&["module_request"]),
    }

    /// A BPF program is loaded, attached or handed out.
    BPF_PROG = 88, "bpf_prog", Kernel, High, On {
        command: BpfCommand = Number(0), "what is asked for";
        type: BpfProgType = Number(1), "the type of a program that is loaded";
        name: Text = Text(0), "the name of a program that is loaded";
    } via {
        Lsm: Sight::by(&["bpf"]),
        Fentry: Sight::by(&["bpf"]),
        Syscalls: Sight::by(&["bpf"]),
    }

    /// A BPF map is made, handed out or frozen.
    BPF_MAP = 89, "bpf_map", Kernel, Medium, On {
        command: BpfCommand = Number(0), "what is asked for";
        type: BpfMapType = Number(1), "the type of a map that is made";
        name: Text = Text(0), "the name of a map that is made";
    } via {
        Lsm: Sight::by(&["bpf"]),
        Fentry: Sight::by(&["bpf"]),
        Syscalls: Sight::by(&["bpf"]),
    }

    /// A performance event is opened.
    PERF_EVENT_OPEN = 90, "perf_event_open", Kernel, Medium, On {
        type: PerfType = Number(0), "the type of event";
        config: Count = Number(1), "which of this type";
        target: Pid = Number(2), "of which thread; 0 is the one that asks, -1 all of them";
    } via {
        Lsm: Sight::by(&["perf_event_open"]),
        Fentry: Sight::by(&["perf_event_open"]),
        Syscalls: Sight::by(&["perf_event_open"]),
    }

    /// A ring is made through which system calls can be asked for.
    IO_URING_SETUP = 91, "io_uring_setup", Kernel, Medium, On {
        entries: Count = Number(0), "how many requests it holds";
        flags: IoUringFlags = Number(1), "how it works";
    } via {
        Lsm: Sight::by(&["io_uring_setup"]),
        Fentry: Sight::by(&["io_uring_setup"]),
        Syscalls: Sight::by(&["io_uring_setup"]),
    }

    /// A clock is set.
    SETTIME = 92, "settime", Kernel, High, On {
        clock: ClockId = Number(0), "which clock";
        seconds: Seconds = Number(1), "what it is set to; unknown where it is changed in another way, and of -1";
    } via {
        Lsm: Sight::by(&["clock_settime", "settimeofday", "adjtimex", "clock_adjtime"]),
        Fentry: Sight::by(&["clock_settime", "settimeofday", "adjtimex", "clock_adjtime"]),
        Syscalls: Sight::by(&["clock_settime", "settimeofday", "adjtimex", "clock_adjtime"]),
    }

    /// The log of the kernel is read or changed.
    SYSLOG = 93, "syslog", Kernel, Medium, On {
        action: SyslogAction = Number(0), "what is asked for";
    } via {
        Lsm: Sight::by(&["syslog"]).but("/dev/kmsg, which is seen as a file"),
        Fentry: Sight::by(&["syslog"]).but("/dev/kmsg, which is seen as a file"),
        Syscalls: Sight::by(&["syslog"]).but("/dev/kmsg, which is seen as a file"),
    }

    /// A key that the kernel keeps is made, looked for or used.
    KEY_ACCESS = 94, "key_access", Kernel, Medium, On {
        command: KeyctlCommand = Number(0), "what is asked for, by keyctl alone";
        key: KeyId = Number(1), "the key; unknown of what isn't asked of one";
        type: Text = Text(0), "the type of a key that is made or looked for";
        description: Text = Text(1), "the description of it";
    } via {
        Lsm: Sight::by(&["add_key", "request_key", "keyctl"]),
        Fentry: Sight::by(&["add_key", "request_key", "keyctl"]),
        Syscalls: Sight::by(&["add_key", "request_key", "keyctl"]),
    }
}
