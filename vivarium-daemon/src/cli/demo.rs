//! `vivarium demo`: what vivarium shows, on a program of its own.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use vivarium_protocol::{ClientError, SocketPath};
use vivarium_session::sink::{Look, Sink, Tree};
use vivarium_session::text::Text;

use super::observing::is_privileged;
use super::{Failure, OutputError};
use crate::demo;
use crate::exit::Exit;
use crate::run::{
    Inherited, Launch, Observer, ObserverError, ObserverOptions, RemoteObserver, RemoteOptions, RunAs, shell_status,
};

/// The hidden command that is the program to observe.
pub(super) const PROGRAM: &str = "demo-program";

/// What to do next.
const HINT: &str = "Mark your functions with #[vivarium::observe], and see them the same way";

/// Show what vivarium shows, on a small program that comes with it.
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    /// Nobody observes for those who have no privileges.
    #[error(
        "observing needs root or a vivariumd, and none listens at {place}: run `sudo {} demo`, or start one with `sudo \
         vivariumd` or `systemctl enable --now vivariumd.socket`",
        Text::from(itself.as_path())
    )]
    Nobody { itself: PathBuf, place: SocketPath },
    /// This program does not know where it is.
    #[error("cannot find this program itself")]
    NoProgram(#[source] io::Error),
    /// The program to observe failed.
    #[error("the machine does not let the demo do what it shows")]
    Program(#[source] io::Error),
}

impl Failure for DemoError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn is_silent(&self) -> bool {
        matches!(self, Self::Program(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

pub(super) fn run(_: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let itself = env::current_exe().map_err(DemoError::NoProgram)?;
    let inherited = Inherited::take().map_err(ObserverError::Signals)?;
    let words = ["demo", PROGRAM].map(OsString::from);
    // Of the folders that cargo puts in there, the loader would look through each for each library.
    let launch = Launch::of_file(itself.clone(), &words, RunAs::choose(None)?).without_variable("LD_LIBRARY_PATH");
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Tree::new(io::stdout(), Look::of(&io::stdout())))];
    let (observed, next) = if is_privileged() {
        let observer = Observer::prepare(ObserverOptions::default(), &launch)?;
        (observer.observe(&launch, &inherited, sinks)?, "sudo vivarium run -- PROGRAM")
    } else {
        let observer = match RemoteObserver::find(SocketPath::from_environment(), RemoteOptions::default()) {
            Err(ClientError::NoDaemon(place)) => return Err(DemoError::Nobody { itself, place }.into()),
            found => found?,
        };
        (observer.observe(&launch, &inherited, sinks)?, "vivarium run -- PROGRAM")
    };
    if let Some(failure) = observed.outcome.failures.into_iter().next() {
        return Err(OutputError::from(failure.error).into());
    }
    writeln!(io::stdout(), "\n{HINT}: {next}").map_err(OutputError::from)?;
    Ok(shell_status(observed.status).into())
}

/// The program that is observed.
pub(super) fn program() -> Result<ExitCode, Box<dyn Failure>> {
    demo::run().map_err(DemoError::Program)?;
    Ok(ExitCode::SUCCESS)
}
