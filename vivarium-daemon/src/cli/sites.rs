//! `vivarium sites`: what can be observed in a program, a library or a process.

mod contents;
mod json;
mod report;
mod session;
mod table;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::{Failure, OutputError, failure};
use report::Report;
use session::Meant;
use vivarium_session::filter::SitePattern;
use vivarium_session::pid::Pid;

/// List the places that can be observed: marked functions and spans.
///
/// Reads files and /proc alone: nothing of them is run, stopped or changed. With --session, --enable and --disable it is about a
/// session of vivariumd instead: which of its sites are seen from now on.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Programs and libraries to read.
    #[arg(
        required_unless_present_any = ["pid", "session", "sessions", "enable", "disable"],
        conflicts_with_all = ["pid", "session", "sessions", "enable", "disable"],
        value_name = "BINARY"
    )]
    binaries: Vec<PathBuf>,
    /// List what a running process has mapped, and what of it is being observed now. With --enable or --disable: the session
    /// that observes it is meant.
    #[arg(long, value_name = "N")]
    pid: Option<Pid>,
    /// List your sessions in vivariumd.
    #[arg(long, conflicts_with_all = ["pid", "session", "enable", "disable"])]
    sessions: bool,
    /// List the sites of this session, and which of them are on.
    #[arg(long, value_name = "ID", conflicts_with = "pid")]
    session: Option<u64>,
    /// Switch these sites of a session on again: by name, pattern or regular expression, such as load_config, 'load_*' or
    /// '/^load_/'.
    #[arg(long, value_name = "PATTERN")]
    enable: Vec<SitePattern>,
    /// Switch these sites of a session off, but for those that are to be on: what they do is shown in the functions around them.
    #[arg(long, value_name = "PATTERN")]
    disable: Vec<SitePattern>,
    /// List also the sites whose code the linker discarded.
    #[arg(long)]
    all: bool,
    /// Write JSON, as docs/sites.md describes it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    if args.sessions {
        session::list(args.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    let switches = !args.enable.is_empty() || !args.disable.is_empty();
    if switches || args.session.is_some() {
        let meant = match (args.session, args.pid) {
            (Some(number), _) => Meant::Number(number),
            (None, Some(pid)) => Meant::Process(pid),
            (None, None) => Meant::Only,
        };
        session::switch(meant, &args.disable, &args.enable, args.json)?;
        return Ok(ExitCode::SUCCESS);
    }
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
