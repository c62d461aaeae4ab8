//! `cargo xtask bench sessions`: what the daemon holds, how many sessions it serves at once, and what is left when it is killed.
//!
//! Everything is built as users build it, and everybody but the daemon is an ordinary user.

mod bars;
mod kills;
mod many;
mod open_close;
mod scene;

use std::process::ExitCode;

use anyhow::ensure;
use nix::unistd::Uid;

use bars::Bar;
use scene::Scene;

/// Measure what sessions of the daemon cost and what its death leaves; needs root
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often the daemon is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Do a tenth of it, for a first look
    #[arg(long)]
    quick: bool,
    /// Fail unless every bar holds
    #[arg(long)]
    assert: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    ensure!(Uid::effective().is_root(), "the daemon needs root: run it with sudo -E");
    let scene = Scene::build()?;
    let (seconds, rounds, kills) = if args.quick { (1, 10, args.kills.div_ceil(10)) } else { (10, 100, args.kills) };
    let mut bars: Vec<Bar> = Vec::new();
    eprintln!("100 sessions on 50 processes");
    bars.extend(many::measure(&scene, seconds)?);
    eprintln!("sessions on a process with 1,000 sites");
    bars.extend(open_close::measure(&scene, rounds)?);
    eprintln!("killing the daemon {kills} times");
    bars.extend(kills::measure(&scene, kills)?);
    bars.iter().for_each(|bar| println!("{bar}"));
    let fails = args.assert && !bars.iter().all(Bar::holds);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
