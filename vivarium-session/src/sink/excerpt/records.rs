//! Of which records a part consists.

use std::io;
use std::mem::{self, offset_of};

use vivarium_sys::event::Telling;
use vivarium_sys::wire::{Counts, HEADER_BYTES, Header, RecordFlags};
use vivarium_sys::{InstanceId, SiteId};

use super::Excerpt;
use crate::accounting::Counter;
use crate::record::{Body, Record, SpanStart};
use crate::session::step::EventStep;
use crate::sink::{Context, Sink};

/// What becomes of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Nothing followed from it that is told, nor anything that is left out.
    Waiting,
    /// Something followed that is left out.
    LeftOut,
    /// The sink has been told of it.
    Told,
}

impl<S: Sink> Excerpt<S> {
    /// What follows from the record is left out; but if something else follows that is told, so is the record.
    pub(super) fn leave_out(&mut self) {
        if self.standing == Standing::Waiting {
            self.standing = Standing::LeftOut;
        }
    }

    /// Tells the sink of the last record, which something follows from.
    pub(super) fn tell_record(&mut self, context: Context<'_>) -> io::Result<()> {
        if self.standing == Standing::Told {
            return Ok(());
        }
        let site = Record::decode(&self.raw).map(|record| record.head.site);
        site.map_or(Ok(()), |site| self.tell_site(site, context))?;
        self.tell_last()
    }

    /// Tells the sink of an event's record. One that waited for its result, or for others like it, is another than the last.
    pub(super) fn tell_record_of(&mut self, event: &EventStep<'_>, context: Context<'_>) -> io::Result<()> {
        if event.repeats.is_none() && event.raw == self.raw {
            return self.tell_record(context);
        }
        self.tell_site(event.head.site, context)?;
        (0..event.repeats.unwrap_or(1)).try_for_each(|_| self.tell_raw(event.raw))
    }

    /// Tells the sink of the site of a record.
    fn tell_site(&mut self, site: SiteId, context: Context<'_>) -> io::Result<()> {
        match (self.inside, context.sites.get(site)) {
            (Some(_), Some(site)) => self.sink.site(site),
            _ => Ok(()),
        }
    }

    /// Tells the sink of a record that nothing was shown of, but that a recording needs: of how a process came to be, perhaps.
    pub(super) fn tell_waiting(&mut self) -> io::Result<()> {
        let is_part = self.inside.is_none() && self.standing == Standing::Waiting;
        match Record::decode(&self.raw) {
            Ok(record) if is_part && !is_told_later(&record) && self.without != Some(record.head.site) => {
                self.tell_last()
            }
            _ => Ok(()),
        }
    }

    /// Whether the last record is about a span that is deeper than the kernel side follows.
    pub(super) fn is_last_deeper(&self) -> bool {
        Record::decode(&self.raw).is_ok_and(|record| record.head.flags.contains(RecordFlags::DEEPER))
    }

    /// The record of the chosen activation's start says that nothing is around it, as the part is told.
    pub(super) fn make_outermost(&mut self) {
        const UNDER: usize = HEADER_BYTES + SpanStart::UNDER * size_of::<u64>();
        let is_start = Record::decode(&self.raw).is_ok_and(|record| matches!(record.body, Body::SpanStart(_)));
        if is_start && let Some(under) = self.raw.get_mut(UNDER..UNDER + size_of::<u64>()) {
            under.copy_from_slice(&InstanceId::NONE.0.to_le_bytes());
            self.raw[offset_of!(Header, flags)] &= !RecordFlags::ENTERED_BEFORE.0;
        }
    }

    fn tell_last(&mut self) -> io::Result<()> {
        self.standing = Standing::Told;
        let raw = mem::take(&mut self.raw);
        let told = self.tell_raw(&raw);
        self.raw = raw;
        told
    }

    fn tell_raw(&mut self, raw: &[u8]) -> io::Result<()> {
        let Ok(record) = Record::decode(raw) else { return Ok(()) };
        let counter = Counter::of(&record);
        self.events += u64::from(counter.is_event());
        let Counts { seen, submitted, .. } = self.told.get(counter);
        self.told.set(counter, Counts { seen: seen + 1, submitted: submitted + 1, ..Counts::default() });
        self.sink.record(raw)
    }
}

/// Whether a record is told with the event that follows from it, or that it belongs to, when that has its result or is counted.
fn is_told_later(record: &Record<'_>) -> bool {
    match &record.body {
        Body::Event(event) => {
            record.head.flags.contains(RecordFlags::RESULT_FOLLOWS) || event.spec.telling == Telling::Counted
        }
        Body::Result => true,
        _ => false,
    }
}
