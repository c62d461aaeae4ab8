//! `vivarium attach`: processes that run already, under observation.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use vivarium_protocol::SocketPath;
use vivarium_session::record::Pid;
use vivarium_session::recording::Writer;
use vivarium_sys::event::Backend;

use super::filter::FilterArgs;
use super::output::{OpenError, Output, Stream};
use super::run::{backend, is_privileged};
use super::{Failure, failure};
use crate::attach::{Attach, AttachError, AttachOptions, How, Wanted};
use crate::exit::Exit;
use crate::kernel::RingSize;

/// Show what processes do that run already.
///
/// Several options that choose processes may be given, each several times: all that fit any of them are observed, with what
/// they make, until they have ended or Ctrl-C is pressed.
#[derive(clap::Args, Debug)]
// `--pid` chooses here what is observed, not what is shown of it.
#[command(mut_arg("pids", |shown| shown.long("show-pid")))]
pub(super) struct Args {
    #[command(flatten)]
    targets: Targets,
    /// Wait for a process that fits if there is none yet.
    #[arg(long)]
    wait: bool,
    /// Also observe processes that come to fit later on, as after a restart, until Ctrl-C is pressed.
    #[arg(long)]
    follow: bool,
    /// Leave out what the processes make.
    #[arg(long)]
    no_children: bool,
    /// Where events come from: lsm, fentry or syscalls [default: the first of them that works].
    #[arg(long, value_parser = backend)]
    backend: Option<Backend>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    filter: FilterArgs,
    /// Show a line for each event as it happens, and no tree.
    #[arg(long, conflicts_with = "format")]
    live: bool,
    /// Let vivariumd observe, also as root. Without privileges it always does.
    #[arg(long, conflicts_with = "ring_size")]
    daemon: bool,
    /// Record the session into this file, for `vivarium report`.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How many bytes of records may wait to be read.
    #[arg(long, default_value = "16M", value_name = "BYTES")]
    ring_size: RingSize,
    /// Fail with status 3 if something was missed.
    #[arg(long)]
    strict: bool,
}

/// Which processes.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = true)]
struct Targets {
    /// The process with this id.
    #[arg(long, value_name = "PID")]
    pid: Vec<Pid>,
    /// The processes of this terminal, as `tty` names it.
    #[arg(long, value_name = "TERMINAL")]
    tty: Vec<PathBuf>,
    /// The processes with this name, as `ps -o comm` shows it.
    #[arg(long, value_name = "NAME")]
    comm: Vec<OsString>,
    /// The processes of this control group.
    #[arg(long, value_name = "PATH")]
    cgroup: Vec<PathBuf>,
    /// The processes of this container of docker, podman or containerd, by its id or the beginning of it.
    #[arg(long, value_name = "ID")]
    container: Vec<String>,
    /// The processes of this unit of systemd.
    #[arg(long, value_name = "UNIT")]
    unit: Vec<String>,
}

impl Targets {
    fn wanted(&self) -> Vec<Wanted> {
        let pids = self.pid.iter().map(|pid| Wanted::Pid(*pid));
        let ttys = self.tty.iter().map(|path| Wanted::Tty(path.clone()));
        let names = self.comm.iter().map(|name| Wanted::Comm(name.clone()));
        let cgroups = self.cgroup.iter().map(|path| Wanted::Cgroup(path.clone()));
        let containers = self.container.iter().map(|id| Wanted::Container(id.clone()));
        let units = self.unit.iter().map(|unit| Wanted::Unit(unit.clone()));
        pids.chain(ttys).chain(names).chain(cgroups).chain(containers).chain(units).collect()
    }
}

impl Failure for AttachError {
    fn exit(&self) -> Exit {
        match self {
            Self::Wanted(_) | Self::Nobody(_) => Exit::BadInput,
            _ => Exit::Failed,
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let with_daemon = args.daemon || !is_privileged();
    let attach = Attach::new(AttachOptions {
        wanted: args.targets.wanted(),
        how: if with_daemon { How::Daemon(SocketPath::from_environment()) } else { How::Here(args.ring_size) },
        backend: args.backend,
        filter: args.filter.filter()?,
        brevity: args.filter.brevity(),
        children: !args.no_children,
        wait: args.wait,
        follow: args.follow,
    })?;
    let output = if args.live { args.output.clone().live() } else { args.output.clone() };
    let mut sinks = vec![output.open(Stream::Output, None)?];
    if let Some(path) = &args.record {
        let file = File::create(path).map_err(|error| OpenError::Write { path: path.clone(), error })?;
        sinks.push(Box::new(Writer::new(file)));
    }
    let Some(outcome) = attach.observe(sinks)? else { return Ok(Exit::Success.into()) };
    for lost in &outcome.failures {
        failure::tell(lost);
    }
    let incomplete = args.strict && !outcome.summary.verdict.is_complete();
    Ok(if incomplete { Exit::Incomplete } else { Exit::Success }.into())
}
