//! `vivarium attach`: processes that run already, under observation.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use vivarium_protocol::SocketPath;
use vivarium_session::record::Pid;

use super::observing::Observing;
use super::output::Stream;
use super::{Failure, failure};
use crate::attach::{Attach, AttachError, AttachOptions, How, Wanted};
use crate::exit::Exit;

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
    #[command(flatten)]
    observing: Observing,
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
    let observing = &args.observing;
    let with_daemon = observing.with_daemon();
    let attach = Attach::new(AttachOptions {
        wanted: args.targets.wanted(),
        how: if with_daemon { How::Daemon(SocketPath::from_environment()) } else { How::Here(observing.ring_size) },
        backend: observing.backend,
        filter: observing.filter.filter()?,
        brevity: observing.filter.brevity(),
        off: observing.off(),
        children: !args.no_children,
        wait: args.wait,
        follow: args.follow,
    })?;
    let Some(outcome) = attach.observe(observing.sinks(Stream::Output)?)? else { return Ok(Exit::Success.into()) };
    for lost in &outcome.failures {
        failure::tell(lost);
    }
    let incomplete = observing.strict && !outcome.summary.verdict.is_complete();
    Ok(if incomplete { Exit::Incomplete } else { Exit::Success }.into())
}
