//! A program with thousands of sites, written for the purpose.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vivarium_tests::cargo::{self, CargoError};

/// What it is called.
const NAME: &str = "crowd";
/// Why there is no such program.
#[derive(Debug, thiserror::Error)]
pub(in crate::bench) enum CrowdError {
    #[error("cannot write {}: {error}", .path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Cargo(#[from] CargoError),
}

/// Writes and builds one with so many sites; ten thousand take a minute, but only once.
pub(in crate::bench) fn build(root: &Path, sites: usize) -> Result<PathBuf, CrowdError> {
    let folder = cargo::target_directory()?.join("bench").join(format!("{NAME}-{sites}"));
    let manifest = folder.join("Cargo.toml");
    write(&manifest, &manifest_text(root))?;
    write(&folder.join("src/main.rs"), &source_text(sites))?;
    let (from, to) = (root.join("Cargo.lock"), folder.join("Cargo.lock"));
    if !to.exists() {
        // The versions that the workspace has are here already.
        fs::copy(&from, &to).map_err(|error| CrowdError::Write { path: to, error })?;
    }
    let mut build = cargo::command("build");
    build.args(["--release", "--bin", NAME, "--manifest-path"]).arg(manifest);
    let built = cargo::built_by(build)?.into_iter().find(|artifact| artifact.target.name == NAME);
    let executable = built.and_then(|artifact| artifact.executable);
    executable.map(PathBuf::from).ok_or_else(|| CargoError::NotBuilt(NAME.to_owned()).into())
}

/// Writes a file, unless it says just that: cargo builds what is newer.
fn write(path: &Path, text: &str) -> Result<(), CrowdError> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| CrowdError::Write { path: path.to_owned(), error })
}

fn manifest_text(root: &Path) -> String {
    format!(
        r#"[package]
name = "{NAME}"
version = "0.0.0"
edition = "2024"

[dependencies]
nix = {{ version = "*", default-features = false, features = ["time"] }}
vivarium = {{ path = "{}" }}

# What counts is that there are sites, and the less is done about their code the sooner it is built.
[profile.release]
opt-level = 1
lto = "off"

[workspace]
"#,
        root.join("vivarium").display()
    )
}

/// The functions are told apart by what they add, so that none of them stands for another.
fn source_text(sites: usize) -> String {
    let mut text = String::from(
        r#"use nix::time::{ClockId, clock_gettime};

fn main() {
    let begun = std::time::Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC).unwrap());
    match std::env::args().nth(1).as_deref() {
        Some("wait") => {
            println!("ready");
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        Some(index) => println!("{}", FUNCTIONS[index.parse::<usize>().unwrap()](1)),
        None => {}
    }
    println!("begun {} took 0 used 0", begun.as_nanos());
}

"#,
    );
    let names: Vec<_> = (0..sites).map(|index| format!("f{index}")).collect();
    for (index, name) in names.iter().enumerate() {
        let _ = write!(text, "#[vivarium::observe]\nfn {name}(number: u64) -> u64 {{\n    number + {index}\n}}\n\n");
    }
    let _ = writeln!(text, "static FUNCTIONS: [fn(u64) -> u64; {sites}] = [{}];", names.join(", "));
    text
}
