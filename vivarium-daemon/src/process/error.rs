//! Why a process, or a file that it has mapped, cannot be looked at.

use std::io;

use vivarium_session::pid::Pid;

use crate::elf::ElfError;

/// Why a process cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// There is none with that id.
    #[error("no process has the id {0}")]
    NoSuchProcess(Pid),
    /// It belongs to someone else, or is protected.
    #[error("no permission to look at process {0}: run vivarium as the user of the process, or with sudo")]
    NoPermission(Pid),
    /// It has no memory.
    #[error("process {0} has nothing mapped: it has ended, or it is a thread of the kernel")]
    NoMemory(Pid),
    /// The files that it has mapped are kept back by whoever serves them.
    #[error("the files that process {0} has mapped cannot be read in time: see what serves their file systems")]
    Silent(Pid),
    /// The system failed.
    #[error("process {pid} cannot be looked at: {error}")]
    Io {
        /// The process.
        pid: Pid,
        /// What the system says.
        error: io::Error,
    },
}

impl ProcessError {
    pub(super) fn new(pid: Pid, error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EACCES | libc::EPERM) => Self::NoPermission(pid),
            Some(libc::ESRCH | libc::ENOENT) => Self::NoSuchProcess(pid),
            _ => Self::Io { pid, error },
        }
    }
}

impl ProcessError {
    /// Whether the process goes on, with functions that nobody sees.
    #[must_use]
    pub const fn hides(&self) -> bool {
        !matches!(self, Self::NoSuchProcess(_) | Self::NoMemory(_))
    }
}

/// Why a file that a process has mapped cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappedFileError {
    /// The file itself is at fault.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// It was deleted, and only the privileged reach it through the process.
    #[error(
        "was deleted or replaced after the process mapped it: run vivarium with sudo to read the one that is mapped"
    )]
    Replaced,
    /// It is where a program could keep its readers waiting.
    #[error("is on a file system that a program serves (FUSE), for which vivariumd does not wait: copy it elsewhere")]
    Served,
    /// Whoever serves it does not answer.
    #[error("cannot be read in time: see what serves its file system")]
    Silent,
    /// It was executed, and is nowhere to be found.
    #[error("was gone before it could be looked at")]
    Gone,
}

impl MappedFileError {
    /// Whether there may be sites that nobody sees.
    #[must_use]
    pub const fn hides(&self) -> bool {
        match self {
            Self::Elf(error) => error.hides(),
            _ => true,
        }
    }
}
