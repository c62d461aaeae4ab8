//! `vivarium run`: a command under observation.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use caps::{CapSet, Capability};
use vivarium_protocol::{ClientError, SocketPath};
use vivarium_session::recording::Writer;
use vivarium_session::session::SinkFailure;
use vivarium_sys::event::Backend;

use super::filter::FilterArgs;
use super::output::{OpenError, Output, Stream};
use super::{Failure, failure};
use crate::exit::Exit;
use crate::kernel::RingSize;
use crate::run::{
    AtExec, End, Inherited, Launch, Observer, ObserverError, ObserverOptions, RemoteObserver, RemoteOptions, RunAs,
    UserError, shell_status,
};

/// Run a command, and show what each of its functions really does to the machine.
///
/// The command runs with its own input and output, as the user who called sudo, and vivarium ends with its status. The
/// report comes on standard error when the command has ended.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
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
    /// Run the command as this user, by name or number [default: who called sudo].
    #[arg(long)]
    user: Option<String>,
    /// How many bytes of records may wait to be read.
    #[arg(long, default_value = "16M", value_name = "BYTES")]
    ring_size: RingSize,
    /// Observe until all that the command leaves running has ended, or vivarium is told to end.
    #[arg(long)]
    wait: bool,
    /// Do not hold programs that the command executes until their sites are attached to.
    #[arg(long)]
    no_hold: bool,
    /// Fail with status 3 if something was missed.
    #[arg(long)]
    strict: bool,
    /// The command and its arguments.
    #[arg(trailing_var_arg = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Failure for UserError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl Failure for SinkFailure {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn is_silent(&self) -> bool {
        self.error.kind() == io::ErrorKind::BrokenPipe
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let inherited = Inherited::take().map_err(ObserverError::Signals)?;
    let user = RunAs::choose(args.user.as_deref())?;
    let launch = Launch::new(&args.command, user)?;
    let end = if args.wait { End::WithAll } else { End::WithCommand };
    let at_exec = if args.no_hold { AtExec::LetGo } else { AtExec::Hold };
    let (filter, brevity) = (args.filter.filter()?, args.filter.brevity());
    let observer = if args.daemon || !is_privileged() {
        let options = RemoteOptions { backend: args.backend, filter, brevity, end };
        Either::Remote(RemoteObserver::find(SocketPath::from_environment(), options)?)
    } else {
        let options = ObserverOptions { backend: args.backend, ring: args.ring_size, filter, brevity, end, at_exec };
        Either::Here(Box::new(Observer::prepare(options)?))
    };

    let output = if args.live { args.output.clone().live() } else { args.output.clone() };
    let mut sinks = vec![output.open(Stream::Error, None)?];
    if let Some(path) = &args.record {
        let file = File::create(path).map_err(|error| OpenError::Write { path: path.clone(), error })?;
        sinks.push(Box::new(Writer::new(file)));
    }
    let observed = match observer {
        Either::Remote(observer) => observer.observe(&launch, &inherited, sinks)?,
        Either::Here(observer) => observer.observe(&launch, &inherited, sinks)?,
    };
    for lost in &observed.outcome.failures {
        failure::tell(lost);
    }
    if let Some(lost) = observed.outcome.failures.iter().find(|failure| !failure.is_silent()) {
        return Ok(lost.exit().into());
    }
    let incomplete = args.strict && !observed.outcome.summary.verdict.is_complete();
    Ok(if incomplete { Exit::Incomplete.into() } else { shell_status(observed.status).into() })
}

/// Who observes.
enum Either {
    Here(Box<Observer>),
    Remote(RemoteObserver),
}

impl Failure for ClientError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}

/// Whether this process may observe by itself.
pub(super) fn is_privileged() -> bool {
    let has = |capability| caps::has_cap(None, CapSet::Effective, capability).unwrap_or(false);
    has(Capability::CAP_SYS_ADMIN) || has(Capability::CAP_BPF) && has(Capability::CAP_PERFMON)
}

/// The backend of this name.
pub(crate) fn backend(name: &str) -> Result<Backend, String> {
    let known = || Backend::ALL.map(Backend::name).join(", ");
    Backend::ALL.into_iter().find(|backend| backend.name() == name).ok_or_else(|| format!("it is one of {}", known()))
}
