//! The records that tell of spans, which are most of all records: their bytes, without a decoder.
//!
//! A span that starts and stops while nothing else is told of its thread can be told of by one record instead of two: a
//! [`WholeSpan`], which only the ring holds. Whoever reads the ring [takes it apart](WholeSpan::unfold).

use core::mem::offset_of;

use super::{HEADER_BYTES, Header, RecordType};
use crate::InstanceId;
use crate::probe::StartFlags;

/// A record with nothing but two numbers, as most are that tell of spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct SpanRecord {
    /// The head.
    pub header: Header,
    /// The numbers.
    pub numbers: [u64; 2],
}

/// A span that has started and stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct WholeSpan {
    /// The head of its stop, but for the type of record: that is [`RECORD`](Self::RECORD).
    pub header: Header,
    /// Its [`StopFlags`](crate::probe::StopFlags).
    pub flags: u64,
    /// When it started.
    pub started: u64,
    /// The span that was innermost before.
    pub outer: InstanceId,
}

/// How many bytes a [`SpanRecord`] has.
pub const SPAN_BYTES: usize = size_of::<SpanRecord>();
const _: () = assert!(SPAN_BYTES == HEADER_BYTES + 16);

/// How many bytes a [`WholeSpan`] has.
const WHOLE_BYTES: usize = size_of::<WholeSpan>();

impl SpanRecord {
    /// A plain span starts: the head is that of the record, whatever it says of its type and its numbers.
    #[must_use]
    pub fn start(header: Header, outer: InstanceId) -> [u8; SPAN_BYTES] {
        with_numbers(&header.to_bytes(), RecordType::SpanStart, [StartFlags::NONE.0.into(), outer.0])
    }
}

impl WholeSpan {
    /// In place of a [`RecordType`], of which this is none: no decoder ever sees it.
    pub const RECORD: u8 = 0xff;

    /// The start and the stop that a record of the ring stands for, if it is such a one.
    ///
    /// ```
    /// use vivarium_sys::wire::{SPAN_BYTES, WholeSpan};
    /// assert!(WholeSpan::unfold(&[0; SPAN_BYTES]).is_none());
    /// ```
    #[must_use]
    pub fn unfold(raw: &[u8]) -> Option<[[u8; SPAN_BYTES]; 2]> {
        let whole: &[u8; WHOLE_BYTES] = raw.first_chunk()?;
        if whole[offset_of!(Header, record)] != Self::RECORD {
            return None;
        }
        let stop: &[u8; HEADER_BYTES] = whole.first_chunk()?;
        let number = |at: usize| Some(u64::from_le_bytes(*whole.get(at..)?.first_chunk()?));
        let (flags, started) = (number(offset_of!(Self, flags))?, number(offset_of!(Self, started))?);
        let outer = number(offset_of!(Self, outer))?;

        let mut start = *stop;
        start[offset_of!(Header, time)..][..8].copy_from_slice(&started.to_le_bytes());
        Some([
            with_numbers(&start, RecordType::SpanStart, [StartFlags::NONE.0.into(), outer]),
            // It closed no other.
            with_numbers(stop, RecordType::SpanStop, [flags, 0]),
        ])
    }
}

/// A record of this type with these numbers after its head.
fn with_numbers(head: &[u8; HEADER_BYTES], record: RecordType, numbers: [u64; 2]) -> [u8; SPAN_BYTES] {
    let mut bytes = [0; SPAN_BYTES];
    bytes[..HEADER_BYTES].copy_from_slice(head);
    bytes[offset_of!(Header, record)] = record as u8;
    bytes[offset_of!(Header, numbers)] = 2;
    bytes[offset_of!(Header, texts)] = 0;
    for (at, number) in (HEADER_BYTES..).step_by(8).zip(numbers) {
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

impl Header {
    /// As it stands in a record.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
        put(offset_of!(Self, record), &[self.record]);
        put(offset_of!(Self, flags), &[self.flags.0]);
        put(offset_of!(Self, kind), &self.kind.0.to_le_bytes());
        put(offset_of!(Self, depth), &self.depth.to_le_bytes());
        put(offset_of!(Self, numbers), &[self.numbers]);
        put(offset_of!(Self, texts), &[self.texts]);
        put(offset_of!(Self, time), &self.time.to_le_bytes());
        put(offset_of!(Self, sessions), &self.sessions.to_le_bytes());
        put(offset_of!(Self, pid), &self.pid.to_le_bytes());
        put(offset_of!(Self, tid), &self.tid.to_le_bytes());
        put(offset_of!(Self, uid), &self.uid.to_le_bytes());
        put(offset_of!(Self, gid), &self.gid.to_le_bytes());
        put(offset_of!(Self, instance), &self.instance.0.to_le_bytes());
        put(offset_of!(Self, site), &self.site.0.to_le_bytes());
        put(offset_of!(Self, result), &self.result.to_le_bytes());
        put(offset_of!(Self, cpu), &self.cpu.to_le_bytes());
        put(offset_of!(Self, comm), &self.comm);
        bytes
    }
}
