//! Where a session is shown, and how.

use std::path::PathBuf;

/// How a session is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Format {
    /// A tree of functions and what they did, when it is over.
    #[default]
    Tree,
    /// A line for each event as it happens.
    Live,
    /// A JSON object on each line as it happens, for programs.
    JsonLines,
}

/// Where a session is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Destination {
    /// On standard error.
    #[default]
    Stderr,
    /// On standard output.
    Stdout,
    /// In a file, which is overwritten.
    File(PathBuf),
}
