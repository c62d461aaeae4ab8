//! Unpacking packages.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::host_command::{HostCommandError, output_of};

/// Unpacks every `.deb` file of the directory `packages` into the directory `into`, and installs none of them.
pub(crate) fn unpack_all(packages: &Path, into: &Path) -> Result<(), UnpackError> {
    for entry in fs::read_dir(packages)? {
        let package = entry?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("--extract").arg(&package).arg(into);
            output_of(&mut unpack, "dpkg")?;
        }
    }
    Ok(())
}

/// Why packages could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("cannot list the downloaded packages; try again")]
    List(#[from] io::Error),
    #[error(transparent)]
    Command(#[from] HostCommandError),
}
