//! One JSON object per line, for machines. `docs/jsonl.md` describes it for its readers.

mod line;

use std::io::{self, Write};

use self::line::{EventLine, Line, ProcessLine, SessionLine, SpanRaiseLine, SpanStartLine, SpanStopLine, SummaryLine};
use super::{Context, Sink};
use crate::session::{Step, Summary};

/// Writes one JSON object per line.
#[derive(Debug)]
pub struct Jsonl<W: Write> {
    output: io::BufWriter<W>,
}

impl<W: Write> Jsonl<W> {
    /// Writes to `output`, buffered until the sink is flushed.
    pub fn new(output: W) -> Self {
        Self { output: io::BufWriter::with_capacity(1 << 16, output) }
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.output, line)?;
        self.output.write_all(b"\n")
    }
}

impl<W: Write> Sink for Jsonl<W> {
    fn name(&self) -> &'static str {
        "JSON lines"
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.write(&Line::Session(SessionLine::new(context.info)))
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        let sites = context.sites;
        match step {
            Step::Event(event) => self.write(&Line::Event(EventLine::new(event, sites))),
            Step::Process(process) => self.write(&Line::Process(ProcessLine::new(process))),
            Step::SpanStart(start) => self.write(&Line::SpanStart(SpanStartLine::new(start, sites))),
            Step::SpanStop(stop) => self.write(&Line::SpanStop(SpanStopLine::new(stop, sites))),
            Step::SpanRaise(raise) => self.write(&Line::SpanRaise(SpanRaiseLine::new(raise, sites))),
            Step::Released(_) => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    fn end(&mut self, summary: &Summary, _: Context<'_>) -> io::Result<()> {
        self.write(&Line::Summary(SummaryLine::new(summary)))?;
        self.output.flush()
    }
}
