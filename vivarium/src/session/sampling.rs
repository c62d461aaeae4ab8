//! Telling only some of the events.

use std::collections::HashMap;
use std::io;

use vivarium_session::session::{SiteInfo, Step, Summary, Switched};
use vivarium_session::sink::{Context, Sink};
use vivarium_sys::event::EventKind;

/// Tells a sink of each n-th event of a kind, and in the end that there were more.
#[derive(Debug)]
pub(super) struct Sampled<S> {
    sink: S,
    every: u64,
    seen: HashMap<EventKind, u64>,
    left_out: u64,
}

impl<S> Sampled<S> {
    pub(super) fn new(sink: S, every: u64) -> Self {
        Self { sink, every: every.max(1), seen: HashMap::new(), left_out: 0 }
    }
}

/// Whether the session follows processes by such events: they are never left out.
const fn is_needed(kind: EventKind) -> bool {
    matches!(kind, EventKind::PROC_FORK | EventKind::PROC_EXEC | EventKind::PROC_EXIT)
}

impl<S: Sink> Sink for Sampled<S> {
    fn name(&self) -> &'static str {
        self.sink.name()
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.sink.begin(context)
    }

    fn site(&mut self, site: &SiteInfo) -> io::Result<()> {
        self.sink.site(site)
    }

    fn switched(&mut self, switched: &Switched) -> io::Result<()> {
        self.sink.switched(switched)
    }

    fn record(&mut self, raw: &[u8]) -> io::Result<()> {
        self.sink.record(raw)
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        if let Step::Event(event) = step
            && !is_needed(event.event.spec.kind)
        {
            let seen = self.seen.entry(event.event.spec.kind).or_default();
            *seen += 1;
            if !(*seen - 1).is_multiple_of(self.every) {
                self.left_out += 1;
                return Ok(());
            }
        }
        self.sink.step(step, context)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let mut summary = summary.clone();
        if self.left_out > 0 {
            let (every, left_out) = (self.every, self.left_out);
            summary.notes.push(format!("one event in {every} of each kind is shown; {left_out} are not"));
        }
        self.sink.end(&summary, context)
    }
}
