//! Processes: how they come, what they become, how they go. Numbers 48 to 63.
//!
//! The first three are always sent by the kernel side, whatever the filter says, since the session follows processes by them.

use super::{Sight, events};

/// What the tracepoint of every backend can't tell of an exec.
const EXEC_GAP: &str = "an exec that fails; the path of a script is as it was given, and `/dev/fd/` with its number for one \
                        that is given as a descriptor";

/// What the security hooks can't tell of a call about another process.
const TARGET_GAP: &str = "calls that fail because there is no such process";

/// What a new task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u64)]
pub enum TaskKind {
    /// A process of its own.
    Process = 0,
    /// A thread of its maker's process.
    Thread = 1,
}

events! {
    /// A process or a thread is made.
    PROC_FORK = 48, "proc_fork", Process, Info, On {
        child: Pid = Number(0), "the new process, or the process of the new thread";
        thread: Pid = Number(1), "the new thread";
        kind: TaskKind = Number(2), "a process or a thread";
    } via {
        Lsm: Sight::by(&["task_newtask"]),
        Fentry: Sight::by(&["task_newtask"]),
        Syscalls: Sight::by(&["task_newtask"]),
    }

    /// A process executes another program.
    PROC_EXEC = 49, "proc_exec", Process, Medium, On {
        path: Path = Text(0), "the program, absolute";
        arguments: Arguments = Text(1), "its arguments";
        count: Count = Number(0), "how many arguments there were";
        interpreter: Path = Text(2), "what executes it if it is a script, absolute";
        directory: Path = Text(3), "the working directory";
    } via {
        Lsm: Sight::by(&["sched_process_exec"]).but(EXEC_GAP),
        Fentry: Sight::by(&["sched_process_exec"]).but(EXEC_GAP),
        Syscalls: Sight::by(&["sched_process_exec", "execve", "execveat"])
            .but("the arguments of an exec that fails; the path of a script is as it was given, and `/dev/fd/` with its number \
                  for one that is given as a descriptor"),
    }

    /// A process ends.
    PROC_EXIT = 50, "proc_exit", Process, Info, On {
        status: ExitStatus = Number(0), "its exit code or the signal that ended it";
    } via {
        Lsm: Sight::by(&["sched_process_exit"]),
        Fentry: Sight::by(&["sched_process_exit"]),
        Syscalls: Sight::by(&["sched_process_exit"]),
    }

    /// A signal is sent.
    TASK_KILL = 51, "task_kill", Process, Medium, On {
        target: Pid = Number(0), "to which process";
        command: Text = Text(0), "the name of that";
        signal: Signal = Number(1), "the signal";
    } via {
        Lsm: Sight::by(&["task_kill"]).but(TARGET_GAP),
        Fentry: Sight::by(&["security_task_kill"]).but(TARGET_GAP),
        Syscalls: Sight::by(&["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"])
            .but("each process of a group, but only the number that was given; the process and its name once it is gone"),
    }

    /// A process asks to trace another one, or to see what only a tracer may.
    PTRACE_CHECK = 52, "ptrace_check", Process, High, On {
        target: Pid = Number(0), "the other process";
        command: Text = Text(0), "the name of that";
        mode: PtraceMode = Number(1), "what is asked for, and by which users it is decided";
    } via {
        Lsm: Sight::by(&["ptrace_access_check"]),
        Fentry: Sight::by(&["security_ptrace_access_check"]),
        Syscalls: Sight::by(&["ptrace"]).but("what is asked of other processes under `/proc`, and by other calls than `ptrace`"),
    }

    /// A process lets its parent trace it.
    PTRACE_TRACEME = 53, "ptrace_traceme", Process, Medium, On {
        tracer: Pid = Number(0), "the parent";
        command: Text = Text(0), "the name of that";
    } via {
        Lsm: Sight::by(&["ptrace_traceme"]),
        Fentry: Sight::by(&["security_ptrace_traceme"]),
        Syscalls: Sight::by(&["ptrace"]),
    }

    /// The memory of another process is read or written.
    PROCESS_VM = 54, "process_vm", Process, High, On {
        target: Pid = Number(0), "the other process";
        command: Text = Text(0), "the name of that";
        writes: Bool = Number(1), "whether it is written";
    } via {
        Lsm: Sight::by(&["ptrace_access_check"]).but("what a process does to its own memory"),
        Fentry: Sight::by(&["security_ptrace_access_check"]).but("what a process does to its own memory"),
        Syscalls: Sight::by(&["process_vm_readv", "process_vm_writev"]),
    }

    /// A process changes what protects it, or what it protects itself from.
    TASK_PRCTL = 55, "task_prctl", Process, Medium, Off {
        option: PrctlOption = Number(0), "what is changed";
        argument: Count = Number(1), "the first argument of that";
    } via {
        Lsm: Sight::by(&["task_prctl"]),
        Fentry: Sight::by(&["security_task_prctl"]),
        Syscalls: Sight::by(&["prctl"]),
    }
}

/// Whether an option of `prctl(2)` changes what protects a process, or what it protects itself from.
///
/// ```
/// use vivarium_sys::event::is_dangerous_prctl;
/// let (set_name, set_seccomp) = (15, 22);
/// assert!(is_dangerous_prctl(set_seccomp) && !is_dangerous_prctl(set_name));
/// ```
#[must_use]
#[inline(always)]
pub const fn is_dangerous_prctl(option: u32) -> bool {
    const PR_SET_DUMPABLE: u32 = 4;
    const PR_SET_KEEPCAPS: u32 = 8;
    const PR_SET_SECCOMP: u32 = 22;
    const PR_CAPBSET_DROP: u32 = 24;
    const PR_SET_SECUREBITS: u32 = 28;
    const PR_SET_MM: u32 = 35;
    const PR_SET_NO_NEW_PRIVS: u32 = 38;
    const PR_CAP_AMBIENT: u32 = 47;
    const PR_SET_SPECULATION_CTRL: u32 = 53;
    const PR_SET_SYSCALL_USER_DISPATCH: u32 = 59;
    const PR_SET_MDWE: u32 = 65;
    const PR_SET_PTRACER: u32 = 0x5961_6d61;
    matches!(
        option,
        PR_SET_DUMPABLE
            | PR_SET_KEEPCAPS
            | PR_SET_SECCOMP
            | PR_CAPBSET_DROP
            | PR_SET_SECUREBITS
            | PR_SET_MM
            | PR_SET_NO_NEW_PRIVS
            | PR_CAP_AMBIENT
            | PR_SET_SPECULATION_CTRL
            | PR_SET_SYSCALL_USER_DISPATCH
            | PR_SET_MDWE
            | PR_SET_PTRACER
    )
}
