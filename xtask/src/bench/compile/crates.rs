//! The crates that are compiled: the same functions, bare or with marks.

use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

/// What stands on each function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    None,
    Observe,
    Instrument,
}

impl Marks {
    pub(super) const ALL: [Self; 3] = [Self::None, Self::Observe, Self::Instrument];

    const fn name(self) -> &'static str {
        match self {
            Self::None => "bare",
            Self::Observe => "observe",
            Self::Instrument => "instrument",
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Observe => "#[vivarium::observe]",
            Self::Instrument => "#[tracing::instrument]",
        }
    }

    fn dependency(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Observe => {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vivarium");
                format!("vivarium = {{ path = {path:?} }}")
            }
            Self::Instrument => {
                r#"tracing = { version = "0.1", default-features = false, features = ["attributes", "std"] }"#
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What kind of functions they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Async,
}

impl Style {
    pub(super) const ALL: [Self; 2] = [Self::Plain, Self::Async];

    const fn keyword(self) -> &'static str {
        match self {
            Self::Plain => "fn",
            Self::Async => "async fn",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Async => "async",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

/// What cargo does with them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Check,
    Build,
}

impl Step {
    pub(super) const ALL: [Self; 2] = [Self::Check, Self::Build];
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Build => "build",
        })
    }
}

/// A workspace of generated crates.
pub(super) struct Crates(PathBuf);

impl Crates {
    /// Writes the crates into `folder`.
    pub(super) fn write(functions: usize, folder: &Path) -> anyhow::Result<Self> {
        let crates = Self(folder.to_owned());
        let mut members = Vec::new();
        for style in Style::ALL {
            for marks in Marks::ALL {
                let name = name(style, marks);
                let manifest = format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n",
                    marks.dependency()
                );
                fs::create_dir_all(folder.join(&name).join("src"))?;
                fs::write(folder.join(&name).join("Cargo.toml"), manifest)?;
                fs::write(crates.source(style, marks), source(style, marks, functions))?;
                members.push(name);
            }
        }
        fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"))?;
        Ok(crates)
    }

    /// Builds everything once, so that later only the crates themselves are left.
    pub(super) fn build_dependencies(&self) -> anyhow::Result<()> {
        Step::ALL.into_iter().try_for_each(|step| self.cargo(&[&step.to_string(), "--workspace"]))
    }

    /// Compiles one crate, and tells how long it took.
    pub(super) fn compile(&self, step: Step, style: Style, marks: Marks) -> anyhow::Result<Duration> {
        let source = self.source(style, marks);
        // Cargo compiles what is newer than what it has built of it.
        fs::write(&source, fs::read(&source)?)?;
        let start = Instant::now();
        self.cargo(&[&step.to_string(), "--package", &name(style, marks)])?;
        Ok(start.elapsed())
    }

    fn source(&self, style: Style, marks: Marks) -> PathBuf {
        self.0.join(name(style, marks)).join("src/lib.rs")
    }

    fn cargo(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.0).args(arguments).arg("--quiet").stdin(Stdio::null());
        // Incremental compilation would remember what it has seen.
        cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.0.join("target"));
        let status = cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").status()?;
        ensure!(status.success(), "cargo {} ended with {status}", arguments.join(" "));
        Ok(())
    }
}

fn name(style: Style, marks: Marks) -> String {
    format!("{}-{}", style.name(), marks.name())
}

/// Functions with arguments and a loop, such as people mark.
fn source(style: Style, marks: Marks, functions: usize) -> String {
    let (attribute, keyword) = (marks.attribute(), style.keyword());
    let mut text = String::new();
    for number in 0..functions {
        // Writing into a string can't fail.
        let _ = write!(
            text,
            "{attribute}
pub {keyword} function_{number}(text: &str, number: u32) -> u32 {{
    let mut sum = number;
    for byte in text.bytes() {{
        sum = sum.wrapping_mul(31).wrapping_add(u32::from(byte));
    }}
    sum
}}

"
        );
    }
    text
}
