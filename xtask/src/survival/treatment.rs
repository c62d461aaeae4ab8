//! What is done to files after they are built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use vivarium_tests::specimen::Specimen;

use crate::host_command::{HostCommandError, output_of};

/// Why files could not be treated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreatmentError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Command(#[from] HostCommandError),
}

/// What is done to files after they are built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Treatment {
    Nothing,
    /// GNU `strip -s`, which keeps notes.
    Strip,
    /// `llvm-strip --strip-all`, which takes away whatever isn't loaded.
    LlvmStrip,
}

impl Treatment {
    /// The program, and the package that it is in.
    pub(super) const fn program(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Strip => Some(("strip", "binutils")),
            Self::LlvmStrip => Some(("llvm-strip", "llvm")),
        }
    }

    /// Whether it leaves nothing that tells of sites.
    pub(super) const fn takes_notes_away(self) -> bool {
        matches!(self, Self::LlvmStrip)
    }

    /// Treats the files of a specimen, if there is anything to do. They go elsewhere, since cargo would not notice if its
    /// own were changed.
    pub(super) fn apply(self, specimen: &Specimen) -> Result<Option<Specimen>, TreatmentError> {
        let Some((program, package)) = self.program() else { return Ok(None) };
        let treat = |file: &Path| {
            let treated = file.with_file_name(program).join(file.file_name().unwrap_or_default());
            let directory = treated.with_file_name("");
            fs::create_dir_all(&directory).map_err(|source| TreatmentError::Io { path: directory, source })?;
            let mut command = Command::new(program);
            output_of(command.arg("--strip-all").arg("-o").arg(&treated).arg(file), package)?;
            Ok::<_, TreatmentError>(treated)
        };
        let plugin = specimen.plugin.as_deref().map(treat).transpose()?;
        Ok(Some(Specimen { program: treat(&specimen.program)?, plugin }))
    }
}
