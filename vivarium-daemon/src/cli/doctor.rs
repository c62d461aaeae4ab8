//! `vivarium doctor`: what this kernel and these privileges allow.

mod text;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::{Failure, OutputError};
use crate::doctor::Checkup;
use crate::exit::Exit;

/// Tell what this kernel and these privileges allow.
///
/// Each backend is loaded, attached, made to see a known event, and removed again. What is lacking comes with what to do
/// about it, and with what is lost without it. So is a running vivariumd, through which everyone observes what is their
/// own. Fails where nothing can be observed.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let checkup = Checkup::of_this_machine();
    write(&checkup, args.json).map_err(OutputError::from)?;
    Ok(if checkup.can_observe() { Exit::Success } else { Exit::Failed }.into())
}

fn write(checkup: &Checkup, json: bool) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    match json {
        true => {
            serde_json::to_writer_pretty(&mut output, checkup)?;
            writeln!(output)?;
        }
        false => text::write(&mut output, checkup)?,
    }
    output.flush()
}
