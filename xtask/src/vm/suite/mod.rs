//! The tests that are run in guests, and what came of them.

mod artifacts;
mod backend;
mod boot_log;
mod boot_record;
mod programs;
mod report;
mod shipped;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) use artifacts::Workspace;
pub(crate) use backend::Backend;
pub(crate) use report::{Boot, Report};

use artifacts::{Artifact, ArtifactError};
use boot_log::BootLog;
use boot_record::{BootRecord, Ran};

use super::guest::{ErrorOutput, GuestImage, GuestImageBuilder, GuestProgram, ImageError};
use super::kernel::Kernel;
use super::qemu::{Machine, Qemu};

/// Where the tests are in the guest.
const TEST_DIRECTORY: &str = "/opt/vivarium/tests";
/// Where the programs are that they use.
const PROGRAM_DIRECTORY: &str = "/opt/vivarium/bin";

/// Why the tests could not be made ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SuiteError {
    #[error("no kernel is selected")]
    NoKernel,
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error(transparent)]
    Image(#[from] ImageError),
}

/// How many tests a guest is given, so that none takes more than two minutes.
const TESTS_PER_GUEST: usize = 3;

/// Tests that are built, and the image with all of them for a guest of every kernel and backend.
pub(crate) struct Suite {
    /// Its number among the suites.
    number: usize,
    tests: Vec<String>,
    image: GuestImage,
    /// More words for the kernel's command line.
    append: Option<String>,
    /// How long one test may run.
    limit: Duration,
    /// The directory for what the guests write.
    logs: PathBuf,
}

impl Suite {
    /// Builds the tests with any of `filters` in their names, all where there is none, and the programs that they use; as many
    /// to a suite as a guest is given.
    pub(crate) fn build(
        workspace: &Workspace,
        filters: &[String],
        kernels: &[Kernel],
        append: Option<&str>,
        limit: Duration,
    ) -> Result<Vec<Self>, SuiteError> {
        let (tests, programs) = (workspace.tests(filters)?, workspace.programs()?);
        let suites = tests.len().div_ceil(TESTS_PER_GUEST);
        let suite = |number| {
            // Neighbours by name are alike, and take long together.
            let tests: Vec<_> = tests.iter().skip(number).step_by(suites).collect();
            Ok(Self {
                number: number + 1,
                image: image(kernels, &programs, &tests)?,
                tests: tests.into_iter().map(|test| test.name.clone()).collect(),
                append: append.map(str::to_owned),
                limit,
                logs: workspace.target_directory().join("vm"),
            })
        };
        (0..suites).map(suite).collect()
    }

    /// The names of the tests, in the order in which they run.
    pub(crate) fn tests(&self) -> &[String] {
        &self.tests
    }

    /// Runs the tests in one guest, tells `lines` what comes of them, and gives their outcomes.
    pub(crate) fn run(&self, qemu: &Qemu, boot: Boot, kernel: &Kernel, lines: &mut dyn Write) -> io::Result<Ran> {
        let machine = Machine {
            vmlinux: &kernel.vmlinux,
            image: &self.image.path(),
            lsm: boot.backend.lsm_list(),
            append: self.append.clone(),
            environment: vec![
                ("VIVARIUM_VM_KERNEL", boot.kernel.to_string()),
                ("VIVARIUM_VM_RELEASE", kernel.release.clone()),
                ("VIVARIUM_VM_BACKEND", boot.backend.to_string()),
            ],
            program_limit: self.limit,
        };
        let name = format!("{boot}-{}", self.number);
        let log = BootLog::create(&self.logs, &name)?;
        writeln!(lines, "{name} ({})", kernel.release)?;
        let start = Instant::now();
        let mut record = BootRecord::new(&self.tests, self.limit, log, lines);
        let end = qemu.boot(&machine, &mut |event| record.happened(event));
        let ran = record.finish(end)?;
        writeln!(lines, "  {:.1} s in all", start.elapsed().as_secs_f32())?;
        Ok(ran)
    }
}

/// What a guest has: the programs that the tests use, and the tests, which it runs.
fn image(kernels: &[Kernel], programs: &[Artifact], tests: &[&Artifact]) -> Result<GuestImage, SuiteError> {
    let busybox = &kernels.first().ok_or(SuiteError::NoKernel)?.busybox;
    let mut image = GuestImageBuilder::new(busybox)?;
    for kernel in kernels {
        image.modules(kernel)?;
    }
    for Artifact { name, path } in programs {
        image.file(&Path::new(PROGRAM_DIRECTORY).join(name), path)?;
    }
    for program in shipped::HOST_PROGRAMS.iter().map(Path::new).filter(|program| program.exists()) {
        image.file(program, program)?;
    }
    for Artifact { name, path } in tests {
        let guest_path = Path::new(TEST_DIRECTORY).join(name);
        image.file(&guest_path, path)?;
        image.program(&GuestProgram {
            path: guest_path,
            // What a test wrote before it hung or its guest died must not be lost in the test.
            arguments: vec!["--nocapture".into()],
            environment: vec![("VIVARIUM_BIN_DIR".into(), PROGRAM_DIRECTORY.into())],
            directory: "/root".into(),
            errors: ErrorOutput::Merged,
        })?;
    }
    Ok(image.build()?)
}
