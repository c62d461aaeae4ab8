//! `vivarium report`: a recording, rendered again.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use vivarium_session::recording::{End, Reader, RecordingError, replay_as};
use vivarium_session::text::Text;

use super::filter::FilterArgs;
use super::output::{Output, Stream};
use super::{Failure, OutputError};
use crate::exit::Exit;

/// Render a recording that `vivarium run --record` made.
///
/// Needs no privileges, and not the machine that it was made on.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The recording.
    #[arg(value_name = "FILE")]
    recording: PathBuf,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    filter: FilterArgs,
    /// Fail if the session did not see everything.
    #[arg(long)]
    strict: bool,
}

/// A recording cannot be shown, or not all of it.
#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error("{}", Text::from(path.as_path()))]
    Read {
        path: PathBuf,
        #[source]
        error: RecordingError,
    },
    #[error("{} ends before its session did; what was recorded until then is shown", Text::from(.0.as_path()))]
    CutShort(PathBuf),
    #[error("{} is damaged; what was recorded before the damage is shown", Text::from(.0.as_path()))]
    Damaged(PathBuf),
}

impl Failure for ReportError {
    fn exit(&self) -> Exit {
        match self {
            Self::Read { error: RecordingError::NotARecording, .. } => Exit::NotARecording,
            Self::Read { error: RecordingError::Newer { .. }, .. } => Exit::NewerRecording,
            Self::Read { error: RecordingError::Io(_), .. } => Exit::BadInput,
            Self::Read { .. } | Self::CutShort(_) | Self::Damaged(_) => Exit::BrokenRecording,
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Box<dyn Failure>> {
    let path = &args.recording;
    let filter = args.filter.filter()?;
    let fail = |error| ReportError::Read { path: path.clone(), error };
    let file = File::open(path).map_err(|error| fail(error.into()))?;
    let reader = Reader::new(&file).map_err(fail)?;
    let sink = args.output.open(Stream::Output, Some(&file))?;
    let asked = Some(filter).filter(|filter| !filter.is_default());
    let replay = replay_as(reader, asked, args.filter.brevity(), vec![sink]).map_err(fail)?;
    if let Some(failure) = replay.outcome.failures.into_iter().next() {
        return Err(OutputError::from(failure.error).into());
    }
    match replay.end {
        End::Whole(_) => {}
        End::CutShort => return Err(ReportError::CutShort(path.clone()).into()),
        End::Damaged => return Err(ReportError::Damaged(path.clone()).into()),
    }
    let incomplete = args.strict && !replay.outcome.summary.verdict.is_complete();
    Ok(if incomplete { Exit::Incomplete } else { Exit::Success }.into())
}
