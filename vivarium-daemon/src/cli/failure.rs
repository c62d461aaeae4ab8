//! How a command fails: with one line on standard error, and a status from the one table.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::exit::Exit;

/// An error that ends a command, and the status it ends with.
pub trait Failure: Error {
    /// The status.
    fn exit(&self) -> Exit;

    /// Whether there is anyone to tell; a reader that has gone away, as `head` does, is no failure.
    fn is_silent(&self) -> bool {
        false
    }
}

impl<E: Failure + 'static> From<E> for Box<dyn Failure> {
    fn from(failure: E) -> Self {
        Box::new(failure)
    }
}

/// The output of a command cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the output")]
pub struct OutputError(#[from] io::Error);

impl Failure for OutputError {
    fn exit(&self) -> Exit {
        if self.is_silent() { Exit::Success } else { Exit::Failed }
    }

    fn is_silent(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Tells a failure with all its causes, and gives the status to end with.
pub(super) fn tell(failure: &dyn Failure) -> ExitCode {
    tell_of("vivarium", failure)
}

/// The same, of another program.
pub(crate) fn tell_of(program: &str, failure: &dyn Failure) -> ExitCode {
    if !failure.is_silent() {
        // Where nobody reads it any more, there is nobody to tell.
        let _ = writeln!(io::stderr(), "{program}: {}", with_causes(failure));
    }
    failure.exit().into()
}

/// An error with all its causes, in one line.
pub(crate) fn with_causes(error: &(impl Error + ?Sized)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(&format!(": {error}"));
        cause = error.source();
    }
    line
}
