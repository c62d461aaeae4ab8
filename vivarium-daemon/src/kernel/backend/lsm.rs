//! BPF programs on the hooks of the Linux security modules.

use std::fs;

use nix::errno::Errno;

use crate::kernel::Unavailable;

/// Where the kernel lists its security modules.
const MODULES: &str = "/sys/kernel/security/lsm";

pub(super) fn remedy(reason: &Unavailable) -> String {
    match reason {
        Unavailable::Refused { error: Errno::EPERM | Errno::EACCES, .. } => {
            "a policy of this machine or of its host forbids them; ask whoever runs it"
        }
        _ => "boot a kernel that is built with CONFIG_BPF_LSM=y, as those of all large distributions are",
    }
    .to_owned()
}

/// The programs are taken and never run where the module that runs them isn't in use.
pub(super) fn remedy_for_silence() -> String {
    match fs::read_to_string(MODULES) {
        Ok(modules) if modules.split(',').any(|module| module.trim() == "bpf") => {
            "report it, with the output of `vivarium doctor`".to_owned()
        }
        Ok(modules) => format!("boot with `lsm={},bpf` on the kernel command line", modules.trim()),
        Err(_) => format!(
            "boot with `bpf` in the list `lsm=` on the kernel command line \
             (which modules are in use now stands in {MODULES}: `mount -t securityfs none /sys/kernel/security`)"
        ),
    }
}
