//! A session of a client: what it is sent, and what it lacks.

use std::cell::RefCell;
use std::mem::offset_of;
use std::rc::Rc;

use vivarium_protocol::Message;
use vivarium_session::accounting::{Counter, KernelCounts, Missing, Oddities};
use vivarium_session::record::Time;
use vivarium_session::session::{Conclusion, Kinds, SiteInfo, Switched};
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{LossKey, Oddity, SessionSet, SetId};
use vivarium_sys::wire::{COUNTERS, Counts, Header, RecordType, counter_index};

use super::outbox::{Outbox, Overflow};
use super::peer::Peer;
use crate::kernel::{Tally, not_below_zero};

/// The fields of a record that decide who is sent it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) set: SetId,
    /// When it happened; none of the stop of a span, which has the place of the start where both were one record.
    pub(super) time: Option<Time>,
    kind: EventKind,
    counter: usize,
    user: u32,
}

/// A session of a client.
#[derive(Debug)]
pub(super) struct Observed {
    outbox: Rc<RefCell<Outbox>>,
    /// What it wants, as the kernel side is told of it.
    wanted: SessionSet,
    /// The user whose processes alone it may see.
    owner: Option<u32>,
    /// What had been counted when it began.
    before: Tally,
    /// How many records of each kind were sent to it.
    sent: Vec<u64>,
    /// How many had no room.
    slow: Vec<u64>,
    /// How many were of other users, and not sent for that.
    withheld: u64,
    /// What could not be had.
    pub(super) missing: Vec<Missing>,
    /// What is worth saying when it is over.
    pub(super) notes: Vec<String>,
    /// Whether there is anything at all to attach to.
    pub(super) has_sites: bool,
}

impl Address {
    /// Of this record; none of what is no record.
    pub(super) fn of(raw: &[u8]) -> Option<Self> {
        let kind = EventKind(u16::from_le_bytes(*raw.get(offset_of!(Header, kind)..)?.first_chunk()?));
        let record = RecordType::from_number(*raw.get(offset_of!(Header, record))?)?;
        Some(Self {
            set: SetId(u64::from_le_bytes(*raw.get(offset_of!(Header, sessions)..)?.first_chunk()?)),
            time: match record {
                RecordType::SpanStop => None,
                _ => Some(Time(u64::from_le_bytes(*raw.get(offset_of!(Header, time)..)?.first_chunk()?))),
            },
            kind: if record == RecordType::Event { kind } else { EventKind::NONE },
            counter: usize::try_from(counter_index(record, kind)).ok().filter(|at| *at < COUNTERS as usize)?,
            user: u32::from_le_bytes(*raw.get(offset_of!(Header, uid)..)?.first_chunk()?),
        })
    }

    /// Where it is counted.
    pub(super) const fn counter(self) -> usize {
        self.counter
    }
}

impl Observed {
    pub(super) fn new(kinds: &Kinds, owner: Option<u32>, before: Tally, outbox: Rc<RefCell<Outbox>>) -> Self {
        Self {
            outbox,
            wanted: kinds.iter().fold(SessionSet::FREE, |set, row| set.with(row.kind)),
            owner,
            before,
            sent: vec![0; COUNTERS as usize],
            slow: vec![0; COUNTERS as usize],
            withheld: 0,
            missing: Vec::new(),
            notes: Vec::new(),
            has_sites: false,
        }
    }

    /// Sends a record, if it is wanted and theirs to see.
    pub(super) fn take(&mut self, raw: &[u8], address: Address) {
        if address.kind != EventKind::NONE && !self.wanted.wants(address.kind) {
            return;
        }
        // The kernel side has seen to it already; this is the second lock of the door.
        if self.owner.is_some_and(|owner| owner != address.user) {
            self.withheld += 1;
            return;
        }
        let counts = if self.outbox.borrow_mut().record(raw) { &mut self.sent } else { &mut self.slow };
        counts[address.counter] += 1;
    }

    /// Says that it has begun, and sends what has waited for that.
    pub(super) fn welcome(&mut self, message: &Message) -> Result<(), Overflow> {
        let mut outbox = self.outbox.borrow_mut();
        let waiting = outbox.take();
        outbox.message(message)?;
        outbox.append(&waiting);
        Ok(())
    }

    /// Tells of sites. Who has no room for them is told of none, and reads no more either.
    pub(super) fn tell_sites(&mut self, sites: &[SiteInfo]) {
        self.has_sites |= !sites.is_empty();
        if self.outbox.borrow_mut().message(&Message::Sites(sites.to_vec())).is_err() {
            self.notes.push("some sites could not be told of: there were too many, or they came too fast".to_owned());
        }
    }

    /// Tells that sites are off or on from here on. Who has no room for that reads no more either.
    pub(super) fn tell_switched(&mut self, switched: Switched) {
        if self.outbox.borrow_mut().message(&Message::Switched(switched)).is_err() {
            self.notes.push("some sites were switched that could not be told of: there was no room".to_owned());
        }
    }

    /// Whether it is theirs who ask.
    pub(super) fn belongs_to(&self, peer: &Peer) -> bool {
        peer.is_privileged || self.owner.is_some() && self.owner == peer.owner()
    }

    /// Whose it is.
    pub(super) fn user(&self) -> u32 {
        self.owner.unwrap_or(0)
    }

    /// What it came to. `losses` are those of the sets that it was in.
    pub(super) fn conclude(mut self, losses: &[(LossKey, u64)], now: Option<&Tally>) -> Conclusion {
        let lost = |what: u64| {
            let counts = losses.iter().filter(|(key, _)| key.what == what).map(|(_, count)| *count);
            not_below_zero(counts.fold(0, u64::wrapping_add))
        };
        let is_wanted = |counter: usize| {
            let kind = u16::try_from(counter).ok().filter(|number| *number < EventKind::LIMIT).map(EventKind);
            kind.is_none_or(|kind| self.wanted.wants(kind))
        };
        let counts = (0..COUNTERS as usize).map(|at| {
            let in_kernel = if is_wanted(at) { lost(at as u64) } else { 0 };
            let (submitted, dropped) = (self.sent[at], in_kernel + self.slow[at]);
            Counts { seen: submitted + dropped, submitted, filtered: 0, dropped }
        });
        let counts: Vec<_> = counts.collect();
        let slow = Counter::all().zip(&self.slow).zip(&counts).filter(|((_, slow), _)| **slow > 0);
        let slow = slow.map(|((counter, _), counts)| Missing::TooSlow { counter, count: counts.dropped });
        self.missing.extend(slow);

        let oddities = Oddity::ALL.iter().map(|oddity| lost(LossKey::ODDITY + *oddity as u64));
        let mut oddities: Vec<_> = oddities.collect();
        oddities[Oddity::NotFollowed as usize] += self.withheld;
        if let Some(now) = now {
            let skipped = now.since(&self.before).skipped.into_iter().filter(|(_, count)| *count > 0);
            let what = |name| format!("the kernel skipped the BPF program {name}, for this session or another one");
            self.missing.extend(skipped.map(|(name, count)| Missing::Oddity { what: what(name), count }));
        }
        let mut conclusion = Conclusion::now(now.map(|_| KernelCounts::new(counts)));
        conclusion.oddities = Oddities::new(oddities);
        conclusion.missing = self.missing;
        conclusion.notes = self.notes;
        conclusion
    }
}
