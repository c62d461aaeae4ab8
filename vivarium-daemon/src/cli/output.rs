//! Where a session is shown, and in which form.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use vivarium_session::sink::{Jsonl, Live, Look, Sink, Tree};
use vivarium_session::text::Text;

use super::Failure;
use crate::exit::Exit;

/// The form and the place of a report.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Output {
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Tree)]
    format: Format,
    /// Write the report into this file.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// The tree of spans and events, for people.
    Tree,
    /// One JSON object per line, as docs/jsonl.md describes it.
    Jsonl,
    /// A line for each event as it happens, for people. A session that is over has no such form.
    #[value(skip)]
    Live,
}

/// Where a report goes unless a file is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stream {
    /// Standard output.
    Output,
    /// Standard error: standard output belongs to the command that is observed.
    Error,
}

/// The report has no place to go to.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// The file cannot be written.
    #[error("cannot write to {}", Text::from(path.as_path()))]
    Write {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    /// The file is the one that is being read.
    #[error("{} is the recording itself; give the report another name", Text::from(.0.as_path()))]
    IsInput(PathBuf),
}

impl Failure for OpenError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl Output {
    /// The same, with a line for each event as it happens.
    pub(super) fn live(self) -> Self {
        Self { format: Format::Live, ..self }
    }

    /// Whether it is written as things happen, not when the session is over.
    pub(super) fn is_read_along(&self) -> bool {
        self.format != Format::Tree
    }

    /// The sink that writes the report, to a stream unless a file was named. The file is emptied, unless it is `input`.
    pub(super) fn open(&self, stream: Stream, input: Option<&File>) -> Result<Box<dyn Sink>, OpenError> {
        let Some(path) = &self.file else {
            return Ok(match stream {
                Stream::Output => self.sink(io::stdout()),
                Stream::Error => self.sink(io::stderr()),
            });
        };
        match create(path, input) {
            Ok(Some(file)) => Ok(self.sink(file)),
            Ok(None) => Err(OpenError::IsInput(path.clone())),
            Err(error) => Err(OpenError::Write { path: path.clone(), error }),
        }
    }

    fn sink(&self, output: impl Write + io::IsTerminal + AsFd + 'static) -> Box<dyn Sink> {
        let look = Look::of(&output);
        match self.format {
            Format::Tree => Box::new(Tree::new(output, look)),
            Format::Jsonl => Box::new(Jsonl::new(output)),
            Format::Live => Box::new(Live::new(output, look)),
        }
    }
}

/// An empty file, or none if it is `input`.
fn create(path: &Path, input: Option<&File>) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    let metadata = file.metadata()?;
    if let Some(input) = input.map(File::metadata).transpose()?
        && (input.dev(), input.ino()) == (metadata.dev(), metadata.ino())
    {
        return Ok(None);
    }
    if metadata.is_file() {
        file.set_len(0)?;
    }
    Ok(Some(file))
}
