//! The least that two BPF programs on the sites of a program can cost: they do nothing.

mod bpf;

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use vivarium_daemon::elf::{ElfError, Image};
use vivarium_daemon::kernel::uprobe::UprobePoint;
use vivarium_daemon::sites::{Catalog, CatalogError};
use vivarium_sys::probe::Probe;

use bpf::EmptyProgram;

/// Why they are not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum EmptyError {
    #[error(transparent)]
    Elf(#[from] ElfError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("the kernel doesn't load an empty BPF program: {0}")]
    Load(io::Error),
    #[error("the kernel doesn't attach an empty BPF program to many places, which needs root and Linux 6.6: {0}")]
    Attach(io::Error),
}

/// Programs at the starts and the stops of all spans of a file, until this is dropped.
pub(super) struct EmptyPrograms {
    _links: [OwnedFd; 2],
}

impl EmptyPrograms {
    /// Attaches them where Vivarium would attach its own.
    pub(super) fn attach(path: &Path) -> Result<Self, EmptyError> {
        let image = Image::open(path)?;
        let catalog = Catalog::read(&image)?;
        let program = EmptyProgram::load().map_err(EmptyError::Load)?;
        let path = CString::new(format!("/proc/self/fd/{}", image.file().as_raw_fd())).unwrap_or_default();
        let attach = |probe| {
            let points = UprobePoint::of(&catalog, probe);
            let offsets: Vec<_> = points.iter().map(|point| point.at.probe.0).collect();
            let semaphores: Vec<_> = points.iter().map(|point| point.at.semaphore.0).collect();
            program.attach(&path, &offsets, &semaphores).map_err(EmptyError::Attach)
        };
        Ok(Self { _links: [attach(Probe::Start)?, attach(Probe::Stop)?] })
    }
}
