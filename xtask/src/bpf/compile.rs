//! From the sources of the programs to an ELF file, with the list of the sources that it was made from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use super::CRATE;
use super::toolchain::Toolchain;

/// Files of the crate that shape the object and that the compiler does not list.
const SETTINGS: [&str; 3] = [".cargo/config.toml", "Cargo.lock", "Cargo.toml"];

/// Why there is no object.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("cannot start {}; reinstall that toolchain", .cargo.display())]
    NotStarted { cargo: PathBuf, source: io::Error },
    #[error("building {CRATE} ended with {0}; its messages are above")]
    Failed(ExitStatus),
    #[error("cannot read what cargo built, {}", .path.display())]
    Output { path: PathBuf, source: io::Error },
}

/// A freshly linked object.
pub(crate) struct Compiled {
    pub(crate) elf: Vec<u8>,
    /// Everything in the repository that shaped it, by paths from the root, sorted.
    pub(crate) sources: Vec<String>,
}

/// Builds the programs.
pub(crate) fn compile(root: &Path, toolchain: &Toolchain) -> Result<Compiled, CompileError> {
    let home = root.join(CRATE);
    let target = root.join("target/bpf");
    let mut cargo = Command::new(&toolchain.cargo);
    cargo
        // The crate has a configuration of its own, which cargo reads from the working directory.
        .current_dir(&home)
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(&target)
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_BUILD_DEP_INFO_BASEDIR", root);
    for setting in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(setting);
    }
    let status =
        cargo.status().map_err(|source| CompileError::NotStarted { cargo: toolchain.cargo.clone(), source })?;
    if !status.success() {
        return Err(CompileError::Failed(status));
    }

    let built = target.join("bpfel-unknown-none/release/vivarium");
    let rule = String::from_utf8_lossy(&read(built.with_extension("d"))?).into_owned();
    let mut sources = prerequisites(&rule);
    sources.extend(SETTINGS.map(|name| format!("{CRATE}/{name}")));
    sources.sort_unstable();
    Ok(Compiled { elf: read(built)?, sources })
}

fn read(path: PathBuf) -> Result<Vec<u8>, CompileError> {
    fs::read(&path).map_err(|source| CompileError::Output { path, source })
}

/// What a rule of a makefile, as cargo writes it, depends on.
fn prerequisites(rule: &str) -> Vec<String> {
    let line = rule.lines().next().unwrap_or_default();
    let list = line.split_once(": ").map_or("", |(_, list)| list);
    // A space inside of a name is escaped.
    list.replace("\\ ", "\0").split_whitespace().map(|name| name.replace('\0', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_sources_from_a_rule() {
        let rule = "target/bpf/vivarium: vivarium-ebpf/src/main.rs vivarium-ebpf/src/a\\ b.rs\n";
        let sources = prerequisites(rule);
        assert_eq!(sources, ["vivarium-ebpf/src/main.rs", "vivarium-ebpf/src/a b.rs"]);
    }
}
