//! The specimen as a process.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use super::Specimen;

/// Why the specimen didn't run as it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunningError {
    /// It can't be started, or nothing can be read from it.
    #[error("cannot run the specimen: {0}")]
    Io(#[from] io::Error),
    /// It ended before it did anything.
    #[error("the specimen ended before it was ready: {0}")]
    NotReady(ExitStatus),
    /// It failed.
    #[error("the specimen ended with {0}")]
    Failed(ExitStatus),
}

/// A specimen that has loaded its plugin, and calls nothing before it is told to.
#[derive(Debug)]
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Specimen {
    /// Starts the specimen, and waits until it is ready.
    ///
    /// # Errors
    /// When it never is.
    pub fn start(&self) -> Result<Running, RunningError> {
        self.start_with(&[])
    }

    /// Starts the specimen with more arguments, and waits until it is ready.
    ///
    /// # Errors
    /// When it never is.
    pub fn start_with(&self, arguments: &[&str]) -> Result<Running, RunningError> {
        let mut command = Command::new(&self.program);
        command.arg("--hold").args(arguments).args(self.plugin.as_deref().map(OsStr::new));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let mut running = Running { child, input, output: BufReader::new(output) };
        let mut line = String::new();
        running.output.read_line(&mut line)?;
        if line != "ready\n" {
            return Err(RunningError::NotReady(running.child.wait()?));
        }
        Ok(running)
    }
}

impl Running {
    /// The id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Lets it call everything, waits until it ends, and gives what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub fn finish(mut self) -> Result<String, RunningError> {
        if let Some(mut input) = self.input.take() {
            input.write_all(b"\n")?;
        }
        let mut output = String::new();
        self.output.read_to_string(&mut output)?;
        match self.child.wait()? {
            status if status.success() => Ok(output),
            status => Err(RunningError::Failed(status)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // At the end of its input it goes on, so that there is nothing left to kill; without one it has ended.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
