//! BPF programs at the entry of the functions that call the security hooks.

use nix::errno::Errno;

use crate::kernel::Unavailable;

pub(super) fn remedy(reason: &Unavailable) -> String {
    match reason {
        Unavailable::Refused { error: Errno::EPERM | Errno::EACCES, .. } => {
            "a policy of this machine or of its host forbids them; ask whoever runs it"
        }
        Unavailable::Target(_) | Unavailable::Fields(_) => "boot a kernel that is built with CONFIG_SECURITY=y",
        _ => "boot a kernel that is built with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y",
    }
    .to_owned()
}
