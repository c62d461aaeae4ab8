//! BPF programs on the tracepoints of system calls and of the scheduler.

use nix::errno::Errno;

use crate::kernel::Unavailable;

pub(super) fn remedy(reason: &Unavailable) -> String {
    match reason {
        Unavailable::Refused { error: Errno::EPERM | Errno::EACCES, .. } => {
            "run it with sudo; where that does not help, a policy of this machine or of its host forbids BPF"
        }
        Unavailable::Fields(_) => {
            "there are no system calls to decode here: use a 64-bit x86 kernel, or another backend"
        }
        Unavailable::NoTracefs(_) => {
            "or give it the capability sys_admin, with which it mounts them for itself, or use another backend"
        }
        _ => "boot a kernel that is built with CONFIG_FTRACE_SYSCALLS=y",
    }
    .to_owned()
}
