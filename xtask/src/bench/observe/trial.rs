//! Doing a job once under one observer's eyes.

use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use super::empty::{EmptyError, EmptyPrograms};
use super::memory::Memory;
use super::observer::Observer;

/// How `vivarium run --strict` ends when it missed something.
const INCOMPLETE: i32 = 3;

/// What one run took.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    /// From the start of the command to the first line of the program's own.
    pub(super) start: Duration,
    /// What the program took for the job.
    pub(super) work: Duration,
    /// For how long of that it had a processor, wherever the machine has other things to do.
    pub(super) used: Duration,
    /// The whole command.
    pub(super) whole: Duration,
    pub(super) watched: Watched,
}

/// Whether everything was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watched {
    /// As far as the observer tells.
    Complete,
    Incomplete,
}

/// Why there is nothing to measure.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrialError {
    #[error("cannot start `{program}`: {error}; is the package {package} installed?")]
    NotStarted { program: String, package: &'static str, error: io::Error },
    #[error("it ended with {status}: {complaint}")]
    Failed { status: ExitStatus, complaint: String },
    #[error("the program did not tell how long it took: {0:?}")]
    Untold(String),
    #[error("there is no clock: {0}")]
    Clock(#[from] nix::Error),
    #[error(transparent)]
    Empty(#[from] EmptyError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Trial {
    /// Runs `command`, which is the observer's for `program`.
    pub(super) fn run(observer: Observer, command: &mut Command, program: &Path) -> Result<Self, TrialError> {
        let _attached = match observer {
            Observer::EmptyPrograms => Some(EmptyPrograms::attach(program)?),
            _ => None,
        };
        let begun = now()?;
        let child = spawn(observer, command)?;
        let output = child.wait_with_output()?;
        let whole = now()?.saturating_sub(begun);
        let incomplete = matches!(observer, Observer::Vivarium(_)) && output.status.code() == Some(INCOMPLETE);
        if !output.status.success() && !incomplete {
            let complaint = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
            return Err(TrialError::Failed { status: output.status, complaint });
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let Times { begun: first, took: work, used } =
            times(&told).ok_or_else(|| TrialError::Untold(told.trim_end().to_owned()))?;
        let watched = if incomplete { Watched::Incomplete } else { Watched::Complete };
        Ok(Self { start: first.saturating_sub(begun), work, used, whole, watched })
    }

    /// Runs a command of Vivarium's and gives the most memory that it had.
    pub(super) fn memory(observer: Observer, command: &mut Command) -> Result<Memory, TrialError> {
        let mut child = spawn(observer, command)?;
        let memory = Memory::watch(&mut child)?;
        let output = child.wait_with_output()?;
        match output.status.code() {
            Some(0 | INCOMPLETE) => Ok(memory),
            _ => {
                let complaint = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
                Err(TrialError::Failed { status: output.status, complaint })
            }
        }
    }
}

fn spawn(observer: Observer, command: &mut Command) -> Result<Child, TrialError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| TrialError::NotStarted {
        program: command.get_program().to_string_lossy().into_owned(),
        package: observer.package(),
        error,
    })
}

/// The clock that the programs of the jobs go by, too.
fn now() -> nix::Result<Duration> {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from)
}

/// What a program tells of itself.
#[derive(Debug, PartialEq, Eq)]
struct Times {
    begun: Duration,
    took: Duration,
    used: Duration,
}

/// What the program tells by `begun B took T used U`.
fn times(told: &str) -> Option<Times> {
    let words: Vec<_> = told.lines().find(|line| line.starts_with("begun "))?.split(' ').collect();
    let ["begun", begun, "took", took, "used", used] = *words else { return None };
    let time = |word: &str| word.parse().ok().map(Duration::from_nanos);
    Some(Times { begun: time(begun)?, took: time(took)?, used: time(used)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_line_is_found_among_others() {
        let told = "something else\nbegun 1000000000 took 250 used 200\n";
        let (begun, took, used) = (Duration::from_secs(1), Duration::from_nanos(250), Duration::from_nanos(200));
        assert_eq!(times(told), Some(Times { begun, took, used }));
        assert_eq!(times("begun 1 took 2 used\n"), None);
        assert_eq!(times(""), None);
    }
}
