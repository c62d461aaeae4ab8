//! `vivarium run`: a command under observation.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use vivarium_protocol::{ClientError, SocketPath};
use vivarium_session::session::SinkFailure;

use super::observing::Observing;
use super::output::Stream;
use super::{Failure, failure};
use crate::exit::Exit;
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
    #[command(flatten)]
    observing: Observing,
    /// Run the command as this user, by name or number [default: who called sudo].
    #[arg(long)]
    user: Option<String>,
    /// Observe until all that the command leaves running has ended, or vivarium is told to end.
    #[arg(long)]
    wait: bool,
    /// Do not hold programs that the command executes until their sites are attached to.
    #[arg(long)]
    no_hold: bool,
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
    let observing = &args.observing;
    let (backend, filter, brevity) = (observing.backend, observing.filter.filter()?, observing.filter.brevity());
    let off = observing.off();
    let observer = if observing.with_daemon() {
        let options = RemoteOptions { backend, filter, brevity, off, end };
        Either::Remote(Box::new(RemoteObserver::find(SocketPath::from_environment(), options)?))
    } else {
        let (ring, starts) = (observing.ring_size, observing.starts());
        let options = ObserverOptions { backend, ring, filter, brevity, off, starts, end, at_exec };
        Either::Here(Box::new(Observer::prepare(options, &launch)?))
    };

    let sinks = observing.sinks(Stream::Error)?;
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
    let incomplete = observing.strict && !observed.outcome.summary.verdict.is_complete();
    Ok(if incomplete { Exit::Incomplete.into() } else { shell_status(observed.status).into() })
}

/// Who observes.
enum Either {
    Here(Box<Observer>),
    Remote(Box<RemoteObserver>),
}

impl Failure for ClientError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
