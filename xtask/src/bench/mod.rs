//! `cargo xtask bench WHAT`: what things cost, against bars.

mod observe;

use std::process::ExitCode;

/// Measure what something costs
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Observe(observe::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Observe(args) => observe::run(args),
    }
}
