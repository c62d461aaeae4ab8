//! `vivarium events`: what can be seen.

use std::io::{self, Write};
use std::process::ExitCode;

use vivarium_session::catalog;
use vivarium_session::filter::Filter;

use super::{Failure, OutputError};

/// List the kinds of event, and what each of them tells.
///
/// This is docs/events.md of the version that is installed.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Kinds: path_open, sock_*, @net and the like [default: the whole table].
    #[arg(value_name = "KIND")]
    kinds: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let text = match args.kinds.as_slice() {
        [] => catalog::table().to_string(),
        kinds => {
            let chosen = Filter::default().events(kinds)?.kinds();
            let entries: Vec<_> = chosen.iter().map(|event| catalog::describe(event).to_string()).collect();
            entries.join("\n")
        }
    };
    io::stdout().write_all(text.as_bytes()).map_err(OutputError::from)?;
    Ok(ExitCode::SUCCESS)
}
