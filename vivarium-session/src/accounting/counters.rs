//! What is counted, on both sides of the ring.

use std::fmt;
use std::mem::offset_of;

use serde::{Deserialize, Serialize};
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{COUNTERS, Counts, Header, RecordType, counter_index};

use crate::record::{Body, Record};

/// What one counter counts: the events of a kind, or the records of another type. In JSON it goes by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Counter(u32);

impl Counter {
    /// The counter of a record.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        Self(match &record.body {
            Body::Event(event) => counter_index(RecordType::Event, event.spec.kind),
            Body::SpanStart(_) => counter_index(RecordType::SpanStart, EventKind::NONE),
            Body::SpanStop(_) => counter_index(RecordType::SpanStop, EventKind::NONE),
            Body::SpanRaise(_) => counter_index(RecordType::SpanRaise, EventKind::NONE),
            Body::Result => counter_index(RecordType::Result, EventKind::NONE),
        })
    }

    /// The counter of a record that cannot be read, if its type and kind can.
    pub(crate) fn of_malformed(raw: &[u8]) -> Option<Self> {
        let record = RecordType::from_number(*raw.get(offset_of!(Header, record))?)?;
        let kind = u16::from_le_bytes(*raw.get(offset_of!(Header, kind)..)?.first_chunk()?);
        let counter = Self(counter_index(record, EventKind(kind)));
        (counter.is_event() == (record == RecordType::Event)).then_some(counter)
    }

    /// Every counter.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..COUNTERS).map(Self)
    }

    /// Whether it counts events, not records of spans.
    #[must_use]
    pub const fn is_event(self) -> bool {
        self.0 < EventKind::LIMIT as u32
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The name of the kind of event, or what the records are.
impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = u16::try_from(self.0).ok().and_then(|kind| EventKind(kind).spec()) {
            return f.write_str(row.name);
        }
        let is_counted_here = |record| self.0 == counter_index(record, EventKind::NONE);
        match RecordType::ALL.iter().find(|record| **record != RecordType::Event && is_counted_here(**record)) {
            Some(record) => f.write_str(record.name()),
            None => write!(f, "counter {}", self.0),
        }
    }
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.to_string()
    }
}

/// The name is of no counter that this version knows.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} names no counter that this version knows")]
pub struct UnknownCounter(String);

impl TryFrom<String> for Counter {
    type Error = UnknownCounter;

    fn try_from(name: String) -> Result<Self, UnknownCounter> {
        Self::all().find(|counter| counter.to_string() == name).ok_or(UnknownCounter(name))
    }
}

/// What the kernel side counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<Row>", from = "Vec<Row>")]
pub struct KernelCounts(Vec<Counts>);

/// One counter that isn't all zero.
#[derive(Serialize, Deserialize)]
struct Row {
    counter: Counter,
    seen: u64,
    submitted: u64,
    filtered: u64,
    dropped: u64,
}

impl KernelCounts {
    /// These counts, in the order of [`counter_index`]; those that aren't given are zero.
    #[must_use]
    pub fn new(mut counts: Vec<Counts>) -> Self {
        counts.resize(COUNTERS as usize, Counts::default());
        Self(counts)
    }

    /// What this counter says.
    #[must_use]
    pub fn get(&self, counter: Counter) -> Counts {
        self.0.get(counter.index()).copied().unwrap_or_default()
    }

    /// Changes what this counter says.
    pub fn set(&mut self, counter: Counter, counts: Counts) {
        if let Some(place) = self.0.get_mut(counter.index()) {
            *place = counts;
        }
    }
}

impl Default for KernelCounts {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl From<KernelCounts> for Vec<Row> {
    fn from(counts: KernelCounts) -> Self {
        let rows = Counter::all().map(|counter| (counter, counts.get(counter)));
        rows.filter(|(_, counts)| *counts != Counts::default())
            .map(|(counter, Counts { seen, submitted, filtered, dropped })| Row {
                counter,
                seen,
                submitted,
                filtered,
                dropped,
            })
            .collect()
    }
}

impl From<Vec<Row>> for KernelCounts {
    fn from(rows: Vec<Row>) -> Self {
        let mut counts = Self::default();
        for Row { counter, seen, submitted, filtered, dropped } in rows {
            counts.set(counter, Counts { seen, submitted, filtered, dropped });
        }
        counts
    }
}

/// What arrived, by counter.
#[derive(Clone, Debug)]
pub(crate) struct Received(Vec<u64>);

impl Received {
    pub(crate) fn nothing() -> Self {
        Self(vec![0; COUNTERS as usize])
    }

    pub(crate) fn count(&mut self, counter: Counter) {
        self.0[counter.index()] += 1;
    }

    pub(crate) fn get(&self, counter: Counter) -> u64 {
        self.0[counter.index()]
    }

    /// How many events arrived.
    pub(crate) fn events(&self) -> u64 {
        Counter::all().filter(|counter| counter.is_event()).map(|counter| self.get(counter)).sum()
    }
}
