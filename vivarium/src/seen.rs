//! What was seen of a program: events, each with the marked functions around it.

mod collector;
mod keeping;
mod observation;
mod span;
mod tree;

use std::fmt;
use std::sync::Arc;

use vivarium_session::record::value::Value;
use vivarium_session::record::{Body, Event as Recorded, Head, Record};
use vivarium_session::sink::Phrase;
use vivarium_sys::event::EventSpec;

pub(crate) use collector::{Collected, Collector};
pub(crate) use keeping::Kept;
pub use observation::Observation;
pub use span::Span;
pub(crate) use tree::EventTree;

/// One event: something security-relevant that the kernel saw the program do.
///
/// [`Display`](fmt::Display) shows it as the tree does: `path_open /etc/hosts O_RDONLY`.
#[derive(Clone)]
pub struct Event {
    spec: &'static EventSpec,
    /// The record, as it left the kernel.
    raw: Box<[u8]>,
    spans: Box<[Arc<Span>]>,
}

impl Event {
    /// Keeps an event. `None` for a record of something else.
    pub(crate) fn keep(raw: &[u8], spans: Box<[Arc<Span>]>) -> Option<Self> {
        match Record::decode(raw).ok()?.body {
            Body::Event(event) => Some(Self { spec: event.spec, raw: raw.into(), spans }),
            _ => None,
        }
    }

    /// The name of its kind, such as `path_open`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.spec.name
    }

    /// The family of its kind, such as `file`.
    #[must_use]
    pub fn category(&self) -> &'static str {
        self.spec.category.name()
    }

    /// How much its kind matters to someone who looks for trouble: `info`, `medium` or `high`.
    #[must_use]
    pub fn severity(&self) -> &'static str {
        self.spec.severity.name()
    }

    /// What it tells, by the names in the table of events. What the kernel could not tell is left out.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let fields = self.recorded().fields().filter(|field| field.value != Value::Unknown);
        fields.map(|field| (field.spec.name, field.value.to_string()))
    }

    /// The value of one field, unless the kind has none of that name or the kernel could not tell it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// What the operation gave, where that is known: negative is an errno.
    #[must_use]
    pub fn result(&self) -> Option<i32> {
        self.head().result
    }

    /// The process, as the initial namespace numbers it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.head().pid.0
    }

    /// The thread, as the initial namespace numbers it.
    #[must_use]
    pub fn tid(&self) -> u32 {
        self.head().tid.0
    }

    /// The name of the thread.
    #[must_use]
    pub fn comm(&self) -> String {
        self.head().comm.to_string()
    }

    /// When it was, in nanoseconds of `CLOCK_MONOTONIC`.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.head().time.0
    }

    /// The innermost marked function or span that it happened in, if that is known and it was in one.
    #[must_use]
    pub fn span(&self) -> Option<&Span> {
        self.spans.last().map(|span| &**span)
    }

    /// The marked functions and spans around it that are known, the outermost first.
    pub fn spans(&self) -> impl DoubleEndedIterator<Item = &Span> {
        self.spans.iter().map(|span| &**span)
    }

    /// The same, to be kept.
    pub(crate) fn shared_spans(&self) -> &[Arc<Span>] {
        &self.spans
    }

    /// What it tells besides its kind.
    pub(crate) fn words(&self) -> String {
        Phrase { event: &self.recorded(), result: self.result() }.to_string()
    }

    /// The row of its kind in the table.
    pub(crate) fn spec(&self) -> &'static EventSpec {
        self.spec
    }

    pub(crate) fn head(&self) -> Head {
        self.record().head
    }

    /// What the kernel told.
    pub(crate) fn recorded(&self) -> Recorded<'_> {
        match self.record().body {
            Body::Event(event) => event,
            _ => unreachable!("only events are kept"),
        }
    }

    fn record(&self) -> Record<'_> {
        Record::decode(&self.raw).expect("what is kept was read before")
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.words())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({self})")
    }
}
