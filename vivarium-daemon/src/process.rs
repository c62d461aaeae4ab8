//! What a running process has mapped, and what stands in its memory: read from `/proc`, without stopping it or running
//! any of its code.

mod error;
mod files;
mod maps;
mod memory;
mod observed;
mod registry;

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::str;

use vivarium_session::pid::Pid;

pub use error::{MappedFileError, ProcessError};
pub use files::MappedFile;
pub use maps::{Inode, Mapping};
pub use memory::{Memory, MemoryReader};
pub use observed::Observed;
pub use registry::{RegisteredSite, Registry, RegistryFlaw};

/// How much of a list of mappings is read: several times what the kernel's default limit on mappings makes of it.
const MAPS_LIMIT: u64 = 64 << 20;

/// How often it is looked again at what a process has mapped, while that changes.
const MAX_LOOKS: usize = 8;

/// A process, held so that another one that gets its id is never taken for it.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    folder: File,
}

impl Process {
    /// Finds the process.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(pid: Pid) -> Result<Self, ProcessError> {
        match File::open(format!("/proc/{pid}")) {
            Ok(folder) => Ok(Self { pid, folder }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ProcessError::NoSuchProcess(pid)),
            Err(error) => Err(ProcessError::new(pid, error)),
        }
    }

    /// Its id.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The path of something in its folder under `/proc`, for as long as this lives.
    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{name}", self.folder.as_raw_fd()))
    }

    /// Everything that it has mapped from files.
    ///
    /// # Errors
    /// When it may not be looked at, or has no memory.
    pub fn mappings(&self) -> Result<Vec<Mapping>, ProcessError> {
        let mut text = Vec::new();
        let read = File::open(self.path("maps")).and_then(|file| file.take(MAPS_LIMIT).read_to_end(&mut text));
        read.map_err(|error| ProcessError::new(self.pid, error))?;
        if text.is_empty() {
            return Err(ProcessError::NoMemory(self.pid));
        }
        Ok(maps::parse(&text))
    }

    /// The programs and libraries that it has mapped, each with its own outcome.
    ///
    /// # Errors
    /// As [`mappings`](Self::mappings).
    pub fn files(&self) -> Result<Vec<MappedFile>, ProcessError> {
        let mut mappings = self.mappings()?;
        let mut files = files::mapped(self, &mappings);
        for _ in 0..MAX_LOOKS {
            if files.iter().all(|file| file.image.is_ok()) {
                break;
            }
            // What can't be read may not be mapped any more: it has ended, or executes another program.
            let now = self.mappings()?;
            if now == mappings {
                break;
            }
            mappings = now;
            files = files::mapped(self, &mappings);
        }
        Ok(files)
    }

    /// Its memory.
    ///
    /// # Errors
    /// When it may not be read, which needs more than to see what is mapped.
    pub fn memory(&self) -> Result<Memory, ProcessError> {
        let file = File::open(self.path("mem")).map_err(|error| ProcessError::new(self.pid, error))?;
        Ok(Memory::new(file))
    }
}
