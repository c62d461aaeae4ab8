//! Showing a session.

use std::io::{self, Write};

use vivarium_session::sink::{Jsonl, Live, Look, Sink, Tree};

use super::output::{Destination, Format};
use super::overwritten::Overwritten;

impl Destination {
    /// The sink that shows a session here.
    pub(super) fn open(&self, format: Format) -> io::Result<Box<dyn Sink + Send>> {
        Ok(match self {
            Self::Stderr => shown(format, io::stderr(), Look::of(&io::stderr())),
            Self::Stdout => shown(format, io::stdout(), Look::of(&io::stdout())),
            Self::File(path) => shown(format, Overwritten::open(path)?, Look::plain()),
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
