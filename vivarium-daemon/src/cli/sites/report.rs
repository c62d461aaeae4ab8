//! What is listed: of which files, and what could not be read.

use std::path::{Path, PathBuf};

use vivarium_session::pid::Pid;
use vivarium_session::text::Text;

use super::contents::Contents;
use crate::cli::Failure;
use crate::elf::Image;
use crate::exit::Exit;
use crate::process::{MappedFile, MappedFileError, Memory, Process, ProcessError};
use crate::sites::{Catalog, CatalogError};

/// The sites of some files, or of what a process has mapped.
pub(super) struct Report {
    pub(super) pid: Option<Pid>,
    /// How many programs and libraries were looked at; those of a process are listed only where they have sites.
    pub(super) looked_at: usize,
    pub(super) files: Vec<Listed>,
    /// Why it isn't known what is being observed.
    blind: Option<SitesError>,
}

/// What is told of one file.
pub(super) struct Listed {
    pub(super) path: Text,
    pub(super) contents: Result<Contents, SitesError>,
}

/// Why sites cannot be listed.
#[derive(Debug, thiserror::Error)]
pub(super) enum SitesError {
    #[error("{path}: {error}")]
    File { path: Text, error: CatalogError },
    #[error("{path}: {error}")]
    MappedFile { path: Text, error: MappedFileError },
    #[error("what is observed now is not shown: {0}")]
    Blind(ProcessError),
    #[error(transparent)]
    Process(#[from] ProcessError),
}

impl Failure for SitesError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl Report {
    pub(super) fn of_files(paths: &[PathBuf], all: bool) -> Self {
        let files: Vec<_> = paths.iter().map(|path| Listed::of_file(path, all)).collect();
        Self { pid: None, looked_at: files.len(), files, blind: None }
    }

    pub(super) fn of_process(pid: Pid, all: bool) -> Result<Self, SitesError> {
        let process = Process::open(pid)?;
        let mapped = process.files()?;
        let (memory, blind) = match process.memory() {
            Ok(memory) => (Some(memory), None),
            Err(error) => (None, Some(SitesError::Blind(error))),
        };
        let looked_at = mapped.len();
        let files = mapped.into_iter().flat_map(|file| Listed::of_mapped(file, memory.as_ref(), all)).collect();
        Ok(Self { pid: Some(pid), looked_at, files, blind })
    }

    /// What is to be told beside the list.
    pub(super) fn failures(&self) -> impl Iterator<Item = &SitesError> {
        self.blind.iter().chain(self.files.iter().filter_map(|file| file.contents.as_ref().err()))
    }

    /// Every file that was asked for must be readable; of what a process has mapped, something must be.
    pub(super) fn exit(&self) -> Exit {
        let unreadable = self.files.iter().filter(|file| file.contents.is_err()).count();
        let tolerated = self.pid.map_or(0, |_| self.looked_at.saturating_sub(1));
        if unreadable > tolerated { Exit::BadInput } else { Exit::Success }
    }
}

impl Listed {
    fn of_file(path: &Path, all: bool) -> Self {
        let catalog = Image::open(path).map_err(CatalogError::from).and_then(|image| Catalog::read(&image));
        let path = Text::from(path);
        let contents = match catalog {
            Ok(catalog) => Ok(Contents::of_file(&catalog, all)),
            Err(error) => Err(SitesError::File { path: path.clone(), error }),
        };
        Self { path, contents }
    }

    /// A file that was loaded several times is listed as often; one without sites isn't.
    fn of_mapped(file: MappedFile, memory: Option<&Memory>, all: bool) -> Vec<Self> {
        let MappedFile { path, image, biases } = file;
        let in_file = |error| SitesError::File { path: path.clone(), error };
        let image = image.map_err(|error| SitesError::MappedFile { path: path.clone(), error });
        let catalog = match image.and_then(|image| Catalog::read(&image).map_err(in_file)) {
            Ok(catalog) => catalog,
            Err(error) => return vec![Self { path: path.clone(), contents: Err(error) }],
        };
        if catalog.is_empty() {
            return Vec::new();
        }
        let contents = biases.iter().map(|&bias| Contents::in_process(&catalog, memory, bias, all));
        contents
            .map(|contents| Self { path: path.clone(), contents: contents.map_err(|e| in_file(e.into())) })
            .collect()
    }
}
