//! The session's own books: what arrived, and what it came to.

use std::time::Duration;

use vivarium_sys::load::Effect;

use super::step::{ProcessChange, Step, Stop};
use super::{Conclusion, Summary};
use crate::accounting::{CleanUntil, Counter, KernelCounts, Missing, Received, Verdict};
use crate::record::{Malformed, Record, Time};

/// What arrived, and what it came to.
#[derive(Debug)]
pub(super) struct Ledger {
    received: Received,
    clean: CleanUntil,
    malformed: u64,
    first_malformed: Option<Malformed>,
    spans: u64,
    processes: u64,
    forgotten: u64,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            received: Received::nothing(),
            clean: CleanUntil::beginning(),
            malformed: 0,
            first_malformed: None,
            spans: 0,
            processes: 0,
            forgotten: 0,
        }
    }

    /// A record arrived.
    pub(super) fn received(&mut self, record: &Record<'_>) {
        self.received.count(Counter::of(record));
    }

    /// A record arrived that cannot be read.
    pub(super) fn malformed(&mut self, raw: &[u8], why: Malformed) {
        // As long as its type can be read, it isn't missing besides.
        if let Some(counter) = Counter::of_malformed(raw) {
            self.received.count(counter);
        }
        self.malformed += 1;
        self.first_malformed.get_or_insert(why);
    }

    /// The kernel side has counted this after so much of the session.
    pub(super) fn looked(&mut self, since_start: Duration, counts: &KernelCounts) {
        self.clean.look(since_start, counts);
    }

    /// Something followed from a record.
    pub(super) fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::SpanStart(start) => self.spans = self.spans.max(start.span.0),
            Step::SpanStop(stop) => self.forgotten += u64::from(stop.how == Stop::Forgotten),
            Step::Process(process) => {
                let new = matches!(process.change, ProcessChange::Found | ProcessChange::Forked { .. });
                self.processes += u64::from(new);
            }
            _ => {}
        }
    }

    fn notes(&self, conclusion: &Conclusion) -> Vec<String> {
        let odd = conclusion.oddities.met(Effect::Note);
        let mut notes = conclusion.notes.clone();
        notes.extend(odd.map(|(oddity, count)| format!("{} ({count} times)", oddity.sentence())));
        if self.forgotten > 0 {
            notes.push(format!("{} spans waited so long among so many that they were forgotten", self.forgotten));
        }
        notes
    }

    /// The session is over.
    pub(super) fn close(&self, conclusion: Conclusion, started: Time, hidden: u64) -> Summary {
        let mut missing =
            Verdict::reckon(conclusion.counts.as_ref(), &conclusion.oddities, &self.received, &self.clean);
        if let Some(first) = self.first_malformed {
            missing.push(Missing::Malformed { count: self.malformed, first: first.to_string() });
        }
        for known in &conclusion.missing {
            match missing.iter_mut().find(|missing| missing.is_about(known)) {
                Some(missing) => missing.clone_from(known),
                None => missing.push(known.clone()),
            }
        }
        Summary {
            duration: conclusion.time.since(started),
            events: self.received.events().saturating_sub(hidden),
            hidden,
            spans: self.spans,
            processes: self.processes,
            verdict: Verdict::from_missing(missing),
            notes: self.notes(&conclusion),
            conclusion,
        }
    }
}
