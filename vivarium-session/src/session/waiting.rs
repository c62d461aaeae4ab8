//! Events whose results are told later, when the system call returns that they happened in: they wait for them.
//!
//! An event goes on with its result, or without one as soon as it is known that none will come.

use std::mem::offset_of;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{Header, RecordFlags};

use crate::record::{Body, Head, Pid, Record, Tid};

/// How many bytes of records wait for one result; beyond that they go on without it.
const MOST_BYTES: usize = 1 << 20;

/// The events that wait, by their threads.
#[derive(Debug)]
pub(super) struct Waiting(HashMap<Tid, Events>);

/// The events of one thread, in their order.
#[derive(Debug)]
struct Events {
    process: Pid,
    /// Their records, one after the other.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// Events that wait no longer: their records have their result, if it is known.
#[derive(Debug)]
pub(super) struct Released(Events);

impl Default for Waiting {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl Waiting {
    /// What waits no longer because of this record, and goes on before it does.
    pub(super) fn before(&mut self, record: &Record<'_>) -> Vec<Released> {
        let head = &record.head;
        if self.0.is_empty() {
            return Vec::new();
        }
        match &record.body {
            Body::Result => self.of_thread(head.tid, head.result),
            // The thread is in its own code again.
            Body::SpanStart(_) | Body::SpanStop(_) | Body::SpanRaise(_) => self.of_thread(head.tid, None),
            Body::Event(event) => match event.spec.kind {
                // Of the process only the thread that executes is left, and it has the result of that.
                EventKind::PROC_EXEC if head.result.is_some_and(|result| result >= 0) => {
                    let mut released = self.of_thread(head.tid, head.result);
                    released.extend(self.of_process(head.pid));
                    released
                }
                EventKind::PROC_EXIT => self.of_process(head.pid),
                _ if follows(head) && self.is_full(head.tid) => self.of_thread(head.tid, None),
                _ => Vec::new(),
            },
        }
    }

    /// Keeps a record if its result follows; says whether it does.
    pub(super) fn keep(&mut self, raw: &[u8], record: &Record<'_>) -> bool {
        let head = &record.head;
        if !matches!(record.body, Body::Event(_)) || !follows(head) {
            return false;
        }
        let new = || Events { process: head.pid, bytes: Vec::new(), ends: Vec::new() };
        let events = self.0.entry(head.tid).or_insert_with(new);
        events.bytes.extend_from_slice(raw);
        events.ends.push(events.bytes.len());
        true
    }

    /// All that still wait: nobody will tell of their results any more.
    pub(super) fn all(&mut self) -> Vec<Released> {
        self.without_result(|_| true)
    }

    fn of_thread(&mut self, thread: Tid, result: Option<i32>) -> Vec<Released> {
        self.0.remove(&thread).map(|events| events.release(result)).into_iter().collect()
    }

    fn of_process(&mut self, process: Pid) -> Vec<Released> {
        self.without_result(|events| events.process == process)
    }

    fn without_result(&mut self, which: impl Fn(&Events) -> bool) -> Vec<Released> {
        let mut released: Vec<_> = self.0.extract_if(|_, events| which(events)).collect();
        released.sort_unstable_by_key(|(thread, _)| *thread);
        released.into_iter().map(|(_, events)| events.release(None)).collect()
    }

    fn is_full(&self, thread: Tid) -> bool {
        self.0.get(&thread).is_some_and(|events| events.bytes.len() >= MOST_BYTES)
    }
}

fn follows(head: &Head) -> bool {
    head.flags.contains(RecordFlags::RESULT_FOLLOWS)
}

impl Events {
    /// Where the record of each is.
    fn places(&self) -> impl Iterator<Item = Range<usize>> {
        let beginnings = std::iter::once(0).chain(self.ends.iter().copied());
        beginnings.zip(self.ends.iter().copied()).map(|(begin, end)| begin..end)
    }

    /// They have come to this, as if the kernel side had known it from the beginning.
    fn release(mut self, result: Option<i32>) -> Released {
        let places: Vec<_> = self.places().collect();
        for place in places {
            let record = &mut self.bytes[place];
            record[offset_of!(Header, flags)] &= !RecordFlags::RESULT_FOLLOWS.0;
            if let Some(result) = result {
                record[offset_of!(Header, flags)] |= RecordFlags::HAS_RESULT.0;
                record[offset_of!(Header, result)..][..size_of::<i32>()].copy_from_slice(&result.to_le_bytes());
            }
        }
        Released(self)
    }
}

impl Released {
    /// Their records.
    pub(super) fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.0.places().map(|place| &self.0.bytes[place])
    }
}
