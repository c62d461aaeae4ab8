//! `vivarium sites`: what can be observed in a program, a library or a process.

mod contents;
mod json;
mod report;
mod table;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::{Failure, OutputError, failure};
use report::Report;
use vivarium_session::pid::Pid;

/// List the places that can be observed: marked functions and spans.
///
/// Reads files and /proc alone: nothing of them is run, stopped or changed.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Programs and libraries to read.
    #[arg(required_unless_present = "pid", conflicts_with = "pid", value_name = "BINARY")]
    binaries: Vec<PathBuf>,
    /// List what a running process has mapped, and what of it is being observed now.
    #[arg(long, value_name = "N")]
    pid: Option<Pid>,
    /// List also the sites whose code the linker discarded.
    #[arg(long)]
    all: bool,
    /// Write JSON, as docs/sites.md describes it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let report = match args.pid {
        Some(pid) => Report::of_process(pid, args.all)?,
        None => Report::of_files(&args.binaries, args.all),
    };
    write(&report, args.json).map_err(OutputError::from)?;
    for failure in report.failures() {
        failure::tell(failure);
    }
    Ok(report.exit().into())
}

fn write(report: &Report, json: bool) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    match json {
        true => json::write(&mut output, report)?,
        false => table::write(&mut output, report)?,
    }
    output.flush()
}
