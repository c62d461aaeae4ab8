//! The programs that cargo builds for the guests.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::{Message, MetadataCommand, TargetKind};

use super::shipped::{PROGRAM_PACKAGES, TEST_PACKAGE, TEST_PREFIX};

/// Why there are no programs to run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArtifactError {
    #[error("cannot run cargo; call this as `cargo xtask`")]
    NoCargo(#[from] io::Error),
    #[error(transparent)]
    Metadata(#[from] cargo_metadata::Error),
    #[error("cargo ended with {0}; its messages are above")]
    BuildFailed(ExitStatus),
    #[error("two packages build a program named {0}; the guest has one directory for all, so rename one")]
    SameName(String),
    #[error("no test target of {TEST_PACKAGE} that starts with {TEST_PREFIX} has any of {0:?} in its name")]
    NoTest(Vec<String>),
}

/// A program that cargo built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// The name of its target.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// This repository's cargo workspace.
pub(crate) struct Workspace {
    cargo: OsString,
    target_directory: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, ArtifactError> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        Ok(Self {
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            target_directory: metadata.target_directory.into(),
        })
    }

    pub(crate) fn target_directory(&self) -> &Path {
        &self.target_directory
    }

    /// Builds the tests for guests, and gives those with any of `filters` in their names; all where there is no filter.
    pub(crate) fn tests(&self, filters: &[String]) -> Result<Vec<Artifact>, ArtifactError> {
        let targets = format!("{TEST_PREFIX}*");
        let arguments = ["test", "--no-run", "--package", TEST_PACKAGE, "--test", &targets];
        let mut tests = self.build(&arguments, &[TargetKind::Test])?;
        tests.retain(|test| is_wanted(&test.name, filters));
        if tests.is_empty() {
            return Err(ArtifactError::NoTest(filters.to_vec()));
        }
        Ok(tests)
    }

    /// Builds the programs that the tests use.
    pub(crate) fn programs(&self) -> Result<Vec<Artifact>, ArtifactError> {
        let mut arguments = vec!["build", "--bins", "--examples"];
        for package in PROGRAM_PACKAGES {
            arguments.extend(["--package", package]);
        }
        let programs = self.build(&arguments, &[TargetKind::Bin, TargetKind::Example])?;
        match programs.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(ArtifactError::SameName(pair[0].name.clone())),
            None => Ok(programs),
        }
    }

    /// The programs of certain kinds that a cargo command builds, by name.
    fn build(&self, arguments: &[&str], kinds: &[TargetKind]) -> Result<Vec<Artifact>, ArtifactError> {
        let mut cargo = Command::new(&self.cargo)
            .args(arguments)
            .arg("--message-format=json-render-diagnostics")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut artifacts = Vec::new();
        if let Some(stdout) = cargo.stdout.take() {
            for message in Message::parse_stream(BufReader::new(stdout)) {
                artifacts.extend(program_in(message?, kinds));
            }
        }
        let status = cargo.wait()?;
        if !status.success() {
            return Err(ArtifactError::BuildFailed(status));
        }
        artifacts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(artifacts)
    }
}

/// The program that a message of cargo's tells of, where it is of one of `kinds`.
fn program_in(message: Message, kinds: &[TargetKind]) -> Option<Artifact> {
    let Message::CompilerArtifact(artifact) = message else {
        return None;
    };
    if !artifact.target.kind.iter().any(|kind| kinds.contains(kind)) {
        return None;
    }
    Some(Artifact { name: artifact.target.name, path: artifact.executable?.into() })
}

fn is_wanted(name: &str, filters: &[String]) -> bool {
    filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(line: &str) -> Option<Artifact> {
        let message = Message::parse_stream(line.as_bytes()).next().unwrap().unwrap();
        program_in(message, &[TargetKind::Bin, TargetKind::Example])
    }

    fn artifact(kind: &str, executable: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"p","manifest_path":"/p/Cargo.toml",
            "target":{{"kind":["{kind}"],"crate_types":["bin"],"name":"tour","src_path":"/p/tour.rs","edition":"2024"}},
            "profile":{{"opt_level":"0","debuginfo":2,"debug_assertions":true,"overflow_checks":true,"test":false}},
            "features":[],"filenames":[],"executable":{executable},"fresh":true}}"#
        )
        .replace('\n', " ")
    }

    #[test]
    fn executables_of_the_wanted_kinds_are_programs() {
        let tour = Artifact { name: "tour".to_owned(), path: "/t/tour".into() };
        assert_eq!(program(&artifact("example", "\"/t/tour\"")), Some(tour));
        assert_eq!(program(&artifact("lib", "null")), None);
        assert_eq!(program(&artifact("test", "\"/t/tour\"")), None);
        assert_eq!(program(r#"{"reason":"build-finished","success":true}"#), None);
    }

    #[test]
    fn any_of_the_filters_will_do() {
        let filters = ["spans".to_owned(), "loss".to_owned()];
        assert!(is_wanted("vm_no_loss", &filters));
        assert!(!is_wanted("vm_attach", &filters));
        assert!(is_wanted("vm_attach", &[]));
    }
}
