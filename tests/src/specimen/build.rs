//! Building the specimen, in one way or another.

use std::path::PathBuf;

use super::Specimen;
use crate::cargo::{self, CargoError};

/// The profile of cargo that a build starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// `cargo build`
    Dev,
    /// `cargo build --release`
    Release,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// A way to build the specimen.
#[derive(Clone, Debug)]
pub struct Build {
    profile: Profile,
    target: Option<String>,
    settings: Vec<String>,
    flags: Vec<String>,
    link_flags: Vec<String>,
    program_flags: Vec<String>,
    has_plugin: bool,
}

impl Build {
    /// As cargo builds it when it is told no more than the profile.
    #[must_use]
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            target: None,
            settings: Vec::new(),
            flags: Vec::new(),
            link_flags: Vec::new(),
            program_flags: Vec::new(),
            has_plugin: true,
        }
    }

    /// For this target. Where one is given, the macros aren't built anew for each set of flags.
    #[must_use]
    pub fn for_target(self, target: &str) -> Self {
        Self { target: Some(target.to_owned()), ..self }
    }

    /// With a setting of the profile, such as `lto="fat"`.
    #[must_use]
    pub fn with_setting(mut self, setting: &str) -> Self {
        self.settings.push(format!("profile.{}.{setting}", self.profile.name()));
        self
    }

    /// With flags for the compiler wherever it compiles for the target.
    #[must_use]
    pub fn with_flags(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().copied().map(str::to_owned));
        self
    }

    /// With flags for the compiler where it links.
    #[must_use]
    pub fn with_link_flags(mut self, flags: &[&str]) -> Self {
        self.link_flags.extend(flags.iter().copied().map(str::to_owned));
        self
    }

    /// With flags for the compiler where it links the program, which the plugin must not have.
    #[must_use]
    pub fn with_program_flags(mut self, flags: &[&str]) -> Self {
        self.program_flags.extend(flags.iter().copied().map(str::to_owned));
        self
    }

    /// The program alone, as where the plugin could not be loaded.
    #[must_use]
    pub fn without_plugin(self) -> Self {
        Self { has_plugin: false, ..self }
    }

    /// Builds it. The next build overwrites the files.
    ///
    /// # Errors
    /// When cargo fails.
    pub fn run(&self) -> Result<Specimen, CargoError> {
        let plugin = self.has_plugin.then(|| self.build("plugin", &[])).transpose()?;
        Ok(Specimen { program: self.build("program", &self.program_flags)?, plugin })
    }

    /// Builds one package, and gives the file.
    fn build(&self, package: &str, flags: &[String]) -> Result<PathBuf, CargoError> {
        let mut cargo = cargo::command("rustc");
        cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/specimen"));
        cargo.args(["--locked", "--package", package, "--profile", self.profile.name()]);
        cargo.arg("--target-dir").arg(cargo::target_directory()?.join("specimen"));
        cargo.args(self.target.iter().flat_map(|target| ["--target", target]));
        cargo.args(self.settings.iter().flat_map(|setting| ["--config", setting]));
        cargo.env("CARGO_ENCODED_RUSTFLAGS", self.flags.join("\x1f"));
        cargo.arg("--").args(&self.link_flags).args(flags);
        let built = cargo::built_by(cargo)?.into_iter().find(|artifact| artifact.target.name == package);
        let file = built.and_then(|artifact| artifact.executable.or_else(|| artifact.filenames.into_iter().next()));
        file.map(PathBuf::from).ok_or_else(|| CargoError::NotBuilt(package.to_owned()))
    }
}
