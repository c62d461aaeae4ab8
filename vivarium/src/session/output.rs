//! Where a session is shown, and how.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use vivarium_session::sink::{Jsonl, Live, Look, Sink, Tree};

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

impl Destination {
    /// The sink that shows a session here.
    pub(super) fn open(&self, format: Format) -> io::Result<Box<dyn Sink + Send>> {
        Ok(match self {
            Self::Stderr => shown(format, io::stderr(), Look::of(&io::stderr())),
            Self::Stdout => shown(format, io::stdout(), Look::of(&io::stdout())),
            Self::File(path) => shown(format, File::create(path)?, Look::plain()),
        })
    }
}

fn shown(format: Format, output: impl Write + Send + 'static, look: Look) -> Box<dyn Sink + Send> {
    match format {
        Format::Tree => Box::new(Tree::new(output, look)),
        Format::Live => Box::new(Live::new(output, look)),
        Format::JsonLines => Box::new(Jsonl::new(output)),
    }
}
