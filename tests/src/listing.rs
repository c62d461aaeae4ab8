//! What `vivarium sites --json` lists.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fmt, io};

use serde::Deserialize;

use crate::cargo::{self, CargoError};

/// Why there is no listing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListingError {
    /// The command can't be run.
    #[error("cannot run `vivarium sites`: {0}")]
    NotRun(#[from] io::Error),
    /// The command refuses.
    #[error("`vivarium sites` ended with status {status:?}: {message}")]
    Refused {
        /// The exit status.
        status: Option<i32>,
        /// The message.
        message: String,
    },
    /// The command prints something else.
    #[error("`vivarium sites --json` prints something else than a listing: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// A listing.
#[derive(Clone, Debug, Deserialize)]
pub struct Listing {
    /// The programs and libraries that have sites.
    pub files: Vec<File>,
}

/// The sites of a program or a library.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// Its path.
    pub path: PathBuf,
    /// Its sites.
    pub sites: Vec<Site>,
}

/// A site.
#[derive(Clone, Debug, Deserialize)]
pub struct Site {
    /// Who it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// How often its code is in the file.
    pub copies: usize,
    /// Whether it can be observed.
    pub attachable: bool,
    /// How many observers a process counts; none where a file was listed, not a process.
    pub semaphore_value: Option<u32>,
    /// Its probes.
    pub probes: Vec<Probe>,
}

/// What is the same about a site in every build of the same source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Deserialize)]
pub struct Identity {
    /// The path of the function or the span.
    pub function: String,
    /// What kind of place it is.
    pub kind: String,
    /// The source file.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// The site id.
    pub id: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, kind, file, line, id } = self;
        write!(f, "{kind} {function} at {file}:{line} ({id})")
    }
}

/// A probe of a site.
#[derive(Clone, Debug, Deserialize)]
pub struct Probe {
    /// The name of the probe.
    #[serde(rename = "probe")]
    pub name: String,
    /// Its address.
    pub address: u64,
    /// Where it is in the file.
    pub offset: Option<u64>,
    /// The address of its semaphore.
    pub semaphore: u64,
    /// Where the semaphore is in the file.
    pub semaphore_offset: Option<u64>,
}

/// The command `vivarium`.
#[derive(Clone, Debug)]
pub struct Vivarium(PathBuf);

impl Vivarium {
    /// Builds the command.
    ///
    /// # Errors
    /// When cargo fails.
    pub fn build() -> Result<Self, CargoError> {
        cargo::program("vivarium-daemon", "vivarium").map(Self)
    }

    /// The sites of a program or a library.
    ///
    /// # Errors
    /// When the command doesn't list them.
    pub fn sites_of_file(&self, path: &Path) -> Result<Vec<Site>, ListingError> {
        let listing = self.list(&[path.as_os_str()])?;
        Ok(listing.files.into_iter().flat_map(|file| file.sites).collect())
    }

    /// The sites of everything that a process has mapped.
    ///
    /// # Errors
    /// When the command doesn't list them.
    pub fn sites_of_process(&self, id: u32) -> Result<Listing, ListingError> {
        self.list(&["--pid".as_ref(), id.to_string().as_ref()])
    }

    fn list(&self, arguments: &[&OsStr]) -> Result<Listing, ListingError> {
        let mut command = Command::new(&self.0);
        let output = command.args(["sites", "--json"]).args(arguments).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            return Err(ListingError::Refused {
                status: output.status.code(),
                message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
            });
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
