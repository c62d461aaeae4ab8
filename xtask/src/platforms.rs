//! `cargo xtask platforms`: the library compiles, to nothing, where there are no sites, and so do programs that use it.

use std::env;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::target;

/// Check that everything compiles without a warning where there are no sites
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Platforms without Linux, and one of Linux that has no sites.
const TARGETS: [&str; 3] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin", "i686-unknown-linux-gnu"];

/// What is checked for each: the crate with few features and with many, and programs that use all of it.
const CHECKS: [&[&str]; 4] = [
    &["-p", "vivarium", "--no-default-features"],
    &["-p", "vivarium", "--no-default-features", "--features", "tracing"],
    &["-p", "vivarium"],
    &["-p", "vivarium-fixture-everywhere", "-p", "vivarium-examples", "--all-targets"],
];

pub(crate) fn run(_: &Args) -> anyhow::Result<ExitCode> {
    let mut exit = ExitCode::SUCCESS;
    for target in TARGETS {
        let begun = Instant::now();
        let outcome = match target::missing(target) {
            Some(missing) => format!("skipped  {missing}"),
            None if check(target)? => "passed".to_owned(),
            None => {
                exit = ExitCode::FAILURE;
                "FAILED".to_owned()
            }
        };
        println!("{target:24} {:5.1} s  {outcome}", begun.elapsed().as_secs_f32());
    }
    Ok(exit)
}

/// Whether the compiler has nothing to say about any of it.
fn check(target: &str) -> anyhow::Result<bool> {
    for check in CHECKS {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["check", "--quiet", "--locked", "--target", target]).args(check).env("RUSTFLAGS", "-D warnings");
        if !cargo.status()?.success() {
            return Ok(false);
        }
    }
    Ok(true)
}
