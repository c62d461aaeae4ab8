//! `cargo xtask docs`: writes the pages that are made from the code.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

/// The table of events, from the root of the repository.
const EVENTS: &str = "docs/events.md";

/// Write the pages that are made from the code, or check that they are as it says
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a page is not what the code says
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(EVENTS);
    let text = vivarium_session::catalog::table().to_string();
    if !args.check {
        fs::write(&page, text).with_context(|| format!("cannot write {EVENTS}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    anyhow::ensure!(written == text, "{EVENTS} is not what the table of events says: run `cargo xtask docs`");
    Ok(ExitCode::SUCCESS)
}
