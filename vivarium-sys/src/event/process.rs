//! Processes: how they come, what they become, how they go. Numbers 48 to 63.
//!
//! The first three are always sent by the kernel side, whatever the filter says, since the session follows processes by them.

use super::{Sight, events};

/// What the tracepoint of every backend can't tell of an exec.
const EXEC_GAP: &str = "an exec that fails";

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
        Lsm: Sight::by(&["sched_process_fork"]),
        Fentry: Sight::by(&["sched_process_fork"]),
        Syscalls: Sight::by(&["sched_process_fork"]),
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
            .but("the arguments of an exec that fails"),
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
        signal: Signal = Number(1), "the signal";
    } via {
        Lsm: Sight::by(&["task_kill"]),
        Fentry: Sight::by(&["security_task_kill"]),
        Syscalls: Sight::by(&["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"])
            .but("`target` is the number that was given: of a group, as `kill(2)` has it, or of a thread with `tkill`"),
    }
}
