//! The programs that are run, built as users build theirs.

use std::fmt;
use std::path::{Path, PathBuf};

use vivarium_tests::cargo::{self, CargoError};

use crate::bench::crowd;

use super::job::{Doer, Effort, Job};

/// Why there is no program.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProgramsError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Crowd(#[from] crowd::CrowdError),
}

/// How many sites a crowd has.
const SITES: usize = 10_000;

/// The programs.
pub(super) struct Programs {
    pub(super) vivarium: PathBuf,
    workload: PathBuf,
    /// Where it is wanted, since it takes a while to build.
    crowd: Option<PathBuf>,
}

/// A program and what it is called with.
pub(super) struct Target {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

impl Programs {
    /// Builds those that these jobs need.
    pub(super) fn build(jobs: &[Job]) -> Result<Self, ProgramsError> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        let mut build = cargo::command("build");
        build.current_dir(root).args([
            "--release",
            "--bins",
            "--package",
            "vivarium-daemon",
            "--package",
            "vivarium-programs",
        ]);
        let built = cargo::built_by(build)?;
        let path = |name: &str| {
            let program = built.iter().find(|artifact| artifact.target.name == name && artifact.executable.is_some());
            let path = program.and_then(|program| program.executable.clone()).map(PathBuf::from);
            path.ok_or_else(|| CargoError::NotBuilt(name.to_owned()))
        };
        let is_crowded = jobs.iter().any(|job| job.doer() == Doer::Crowd);
        let crowd = is_crowded.then(|| crowd::build(root, SITES)).transpose()?;
        Ok(Self { vivarium: path("vivarium")?, workload: path("workload")?, crowd })
    }

    /// The one that does a job.
    pub(super) fn target(&self, job: Job, effort: Effort) -> Target {
        let program = match (job.doer(), &self.crowd) {
            (Doer::Crowd, Some(crowd)) => crowd,
            (Doer::Crowd | Doer::Workload, _) => &self.workload,
        };
        Target { program: program.clone(), arguments: job.arguments(effort) }
    }
}

impl fmt::Display for Target {
    /// As a command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program.display())?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}
