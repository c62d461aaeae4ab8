//! `cargo xtask bpf`: builds the BPF object that is committed, so that nobody else needs the toolchain for it.
//!
//! The object lies where the daemon embeds it, and beside it a [`Digest`] of what it was built from. A plain test
//! fails when the two part.

mod compile;
mod digest;
mod strip;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use digest::Digest;
use toolchain::Toolchain;

/// The object, from the root of the repository.
const OBJECT: &str = "vivarium-daemon/bpf/vivarium.bpf.o";
/// Its digest, likewise.
const DIGEST: &str = "vivarium-daemon/bpf/vivarium.bpf.sha256";
/// The crate that it is built from, likewise.
const CRATE: &str = "vivarium-ebpf";

/// Build the BPF object, or check that it is the one of these sources
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build nothing; fail when the committed object is not the one of these sources
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let root = repository();
    if args.check { check(&root) } else { build(&root) }
}

fn check(root: &Path) -> anyhow::Result<ExitCode> {
    let digest = fs::read_to_string(root.join(DIGEST))
        .with_context(|| format!("cannot read {DIGEST}; `cargo xtask bpf` writes it"))?;
    digest.parse::<Digest>()?.verify(root)?;
    println!("{OBJECT} is the object of these sources");
    Ok(ExitCode::SUCCESS)
}

fn build(root: &Path) -> anyhow::Result<ExitCode> {
    let toolchain = Toolchain::find()?;
    println!("building with {toolchain}");
    let compiled = compile::compile(root, &toolchain)?;
    let object = strip::strip(&compiled.elf)?;

    let path = root.join(OBJECT);
    let outcome = match fs::read(&path) {
        Ok(before) if before == object => "unchanged",
        _ => "new",
    };
    fs::write(&path, &object).with_context(|| format!("cannot write {OBJECT}"))?;
    let files = compiled.sources.iter().map(String::as_str).chain([OBJECT]);
    let digest = Digest::of(root, files, &toolchain.to_string())?;
    fs::write(root.join(DIGEST), digest.to_string()).with_context(|| format!("cannot write {DIGEST}"))?;
    println!("{OBJECT}: {} bytes, {outcome}", object.len());
    Ok(ExitCode::SUCCESS)
}

/// The root of the repository.
fn repository() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}
