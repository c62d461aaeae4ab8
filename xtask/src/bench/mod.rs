//! `cargo xtask bench WHAT`: what things cost, against bars.

mod compile;
mod crowd;
mod keyed;
mod observe;
mod sessions;
mod sites;

use std::process::ExitCode;

/// Measure what something costs
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Compile(compile::Args),
    Observe(observe::Args),
    Sessions(sessions::Args),
    Sites(sites::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Compile(args) => compile::run(args),
        What::Observe(args) => observe::run(args),
        What::Sessions(args) => sessions::run(args),
        What::Sites(args) => sites::run(args),
    }
}
