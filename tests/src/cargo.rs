//! Building programs of this repository with the cargo that runs the tests.

use std::env;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::{Artifact, Message, MetadataCommand};

/// Where the harness of the virtual machines keeps the programs, in a guest that has no cargo.
const PROGRAMS: &str = "VIVARIUM_BIN_DIR";

/// Why there is no program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CargoError {
    /// Cargo isn't there.
    #[error("cannot run cargo: {0}")]
    NoCargo(#[from] io::Error),
    /// Cargo doesn't know the workspace.
    #[error(transparent)]
    Metadata(#[from] cargo_metadata::Error),
    /// The build failed.
    #[error("`{command}` ended with {status}:\n{messages}")]
    Failed {
        /// What was run.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        messages: String,
    },
    /// The build went well, and built something else.
    #[error("cargo built no program `{0}`")]
    NotBuilt(String),
}

/// The directory into which this workspace is built.
///
/// # Errors
/// When cargo can't tell.
pub fn target_directory() -> Result<PathBuf, CargoError> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    Ok(MetadataCommand::new().manifest_path(manifest).no_deps().exec()?.target_directory.into())
}

/// A cargo command that builds, for [`built_by`]. The flags that the caller has set for its own builds don't count.
#[must_use]
pub fn command(verb: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([verb, "--message-format=json-render-diagnostics"]).stdin(Stdio::null());
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

/// Runs a cargo command, and gives what it built.
///
/// # Errors
/// When it builds nothing.
pub fn built_by(mut cargo: Command) -> Result<Vec<Artifact>, CargoError> {
    let output = cargo.output()?;
    if !output.status.success() {
        return Err(CargoError::Failed {
            command: shown(&cargo),
            status: output.status,
            messages: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        });
    }
    let messages = Message::parse_stream(BufReader::new(output.stdout.as_slice()));
    let artifacts = messages.filter_map(|message| match message {
        Ok(Message::CompilerArtifact(artifact)) => Some(Ok(artifact)),
        Ok(_) => None,
        Err(error) => Some(Err(error.into())),
    });
    artifacts.collect()
}

/// The program `name` of one of this workspace's packages, built for testing.
///
/// # Errors
/// When it can't be built.
pub fn program(package: &str, name: &str) -> Result<PathBuf, CargoError> {
    if let Some(directory) = env::var_os(PROGRAMS) {
        return Ok(PathBuf::from(directory).join(name));
    }
    let mut cargo = command("build");
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["--package", package, "--bin", name]);
    // A library may have the name of the program.
    let mut built = built_by(cargo)?.into_iter().filter(|artifact| artifact.target.name == name);
    let executable = built.find_map(|artifact| artifact.executable);
    executable.map(PathBuf::from).ok_or_else(|| CargoError::NotBuilt(name.to_owned()))
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.join(" ")
}
