//! Why a file cannot be read as a recording.

use std::io;

use super::VERSION;

/// A file cannot be read as a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// It isn't one.
    #[error("this is no recording; `vivarium run --record FILE` makes one")]
    NotARecording,
    /// It was made by a newer version.
    #[error(
        "this recording is of version {version}, and this vivarium reads up to {VERSION}; update vivarium to read it"
    )]
    Newer {
        /// The version of the format.
        version: u32,
    },
    /// It ends or breaks before anything that could be shown.
    #[error("this recording breaks off before the first record; nothing can be shown of it")]
    Nothing,
    /// What it says of the session cannot be read.
    #[error("this recording says something of its session that cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// The system refuses.
    #[error("cannot read the recording")]
    Io(#[from] io::Error),
}
