//! Writing a recording.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::frame::{self, Tag};
use super::{MAGIC, VERSION};
use crate::session::{Conclusion, SiteInfo, Summary, Switched};
use crate::sink::{Context, Sink};

/// Records a session.
///
/// What was flushed can be read, whatever happens afterwards: frames are only ever appended.
#[derive(Debug)]
pub struct Writer<W: Write> {
    output: BufWriter<W>,
}

impl<W: Write> Writer<W> {
    /// Writes to `output`, buffered until the sink is flushed.
    pub fn new(output: W) -> Self {
        Self { output: BufWriter::with_capacity(1 << 16, output) }
    }

    fn write_json(&mut self, tag: Tag, content: &impl Serialize) -> io::Result<()> {
        frame::write(&mut self.output, tag, &serde_json::to_vec(content)?)
    }
}

impl<W: Write> Sink for Writer<W> {
    fn name(&self) -> &'static str {
        "recording"
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.output.write_all(&MAGIC)?;
        self.output.write_all(&VERSION.to_le_bytes())?;
        self.write_json(Tag::SESSION, context.info)?;
        self.output.flush()
    }

    fn site(&mut self, site: &SiteInfo) -> io::Result<()> {
        self.write_json(Tag::SITE, site)
    }

    fn switched(&mut self, switched: &Switched) -> io::Result<()> {
        self.write_json(Tag::SWITCHED, switched)
    }

    fn record(&mut self, raw: &[u8]) -> io::Result<()> {
        frame::write(&mut self.output, Tag::RECORD, raw)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    fn end(&mut self, summary: &Summary, _: Context<'_>) -> io::Result<()> {
        let missing = summary.verdict.missing().to_vec();
        self.write_json(Tag::DONE, &Conclusion { missing, ..summary.conclusion.clone() })?;
        self.output.flush()
    }
}
