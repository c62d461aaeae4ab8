//! The backends that tests run with, and how a guest is booted for each.

use std::fmt;

use clap::ValueEnum;

use crate::vm::qemu::LsmList;

/// The security modules of Debian that need no configuration, without `bpf`.
const LSM_WITHOUT_BPF: &str = "landlock,lockdown,yama,integrity,apparmor";

/// Where the events of a test come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Backend {
    Lsm,
    Fentry,
    Syscalls,
}

impl Backend {
    /// The security modules that a guest for this backend boots with.
    ///
    /// Without `bpf` in the list, LSM programs load and attach, and are never called: that is where `fentry` is needed.
    /// The backend `syscalls` does not mind, so it sees the machine as Debian boots it.
    pub(crate) fn lsm_list(self) -> LsmList {
        match self {
            Self::Lsm => LsmList::Only(format!("{LSM_WITHOUT_BPF},bpf")),
            Self::Fentry => LsmList::Only(LSM_WITHOUT_BPF.to_owned()),
            Self::Syscalls => LsmList::Default,
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Lsm => "lsm",
            Self::Fentry => "fentry",
            Self::Syscalls => "syscalls",
        })
    }
}
