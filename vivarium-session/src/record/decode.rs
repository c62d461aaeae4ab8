//! Reading the layout of [`vivarium_sys::wire`].

use std::mem::offset_of;

use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{
    COMM_BYTES, HEADER_BYTES, Header, MAX_NUMBERS, MAX_TEXT_BYTES, MAX_TEXTS, RecordFlags, RecordType, TextLength,
    UNKNOWN_NUMBER,
};
use vivarium_sys::{InstanceId, SiteId};

use super::{Comm, Event, Gid, Head, Malformed, Pid, Record, SpanRaise, SpanStart, SpanStop, Text, Tid, Time, Uid};

/// What a record tells.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Something security-relevant happened.
    Event(Event<'a>),
    /// A span starts, or is polled again.
    SpanStart(SpanStart<'a>),
    /// A span or a poll of it stops.
    SpanStop(SpanStop),
    /// Something is raised in a span.
    SpanRaise(SpanRaise<'a>),
    /// The head has the result of the events that the thread told of before, if it is known.
    Result,
}

impl<'a> Record<'a> {
    /// Reads one record. Bytes after its end are ignored: records are padded.
    ///
    /// # Errors
    /// The bytes are not a record of this version.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let fixed = Fixed::read(bytes)?;
        let record = RecordType::from_number(fixed.u8(offset_of!(Header, record)));
        let record = record.ok_or(Malformed::UnknownType(fixed.u8(offset_of!(Header, record))))?;
        let head = fixed.head();
        let payload = Payload::read(bytes, fixed.u8(offset_of!(Header, numbers)), fixed.u8(offset_of!(Header, texts)))?;
        let body = match record {
            RecordType::Event => Body::Event(Event::read(fixed.kind(), payload)?),
            RecordType::SpanStart => Body::SpanStart(SpanStart::read(&payload)?),
            RecordType::SpanStop => Body::SpanStop(SpanStop::read(&payload)?),
            RecordType::SpanRaise => Body::SpanRaise(SpanRaise::read(&payload)?),
            RecordType::Result => Body::Result,
            _ => return Err(Malformed::UnknownType(record as u8)),
        };
        Ok(Self { head, body })
    }
}

/// The bytes of the head.
struct Fixed<'a>(&'a [u8; HEADER_BYTES]);

impl<'a> Fixed<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let short = Malformed::Short { have: bytes.len(), need: HEADER_BYTES };
        bytes.first_chunk().map(Self).ok_or(short)
    }

    fn u8(&self, offset: usize) -> u8 {
        self.0[offset]
    }

    fn bytes<const N: usize>(&self, offset: usize) -> [u8; N] {
        std::array::from_fn(|at| self.0[offset + at])
    }

    fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.bytes(offset))
    }

    fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.bytes(offset))
    }

    fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.bytes(offset))
    }

    fn kind(&self) -> EventKind {
        EventKind(self.u16(offset_of!(Header, kind)))
    }

    fn head(&self) -> Head {
        let flags = RecordFlags(self.u8(offset_of!(Header, flags)));
        let result = self.u32(offset_of!(Header, result)).cast_signed();
        Head {
            flags,
            depth: self.u16(offset_of!(Header, depth)),
            time: Time(self.u64(offset_of!(Header, time))),
            pid: Pid(self.u32(offset_of!(Header, pid))),
            tid: Tid(self.u32(offset_of!(Header, tid))),
            uid: Uid(self.u32(offset_of!(Header, uid))),
            gid: Gid(self.u32(offset_of!(Header, gid))),
            instance: InstanceId(self.u64(offset_of!(Header, instance))),
            site: SiteId(self.u64(offset_of!(Header, site))),
            result: flags.contains(RecordFlags::HAS_RESULT).then_some(result),
            comm: Comm(self.bytes::<COMM_BYTES>(offset_of!(Header, comm))),
        }
    }
}

/// The numbers and texts after the head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payload<'a> {
    numbers: [u64; MAX_NUMBERS],
    texts: [Option<Text<'a>>; MAX_TEXTS],
}

impl<'a> Payload<'a> {
    fn read(bytes: &'a [u8], number_count: u8, text_count: u8) -> Result<Self, Malformed> {
        let (numbers_here, texts_here) = (usize::from(number_count), usize::from(text_count));
        if numbers_here > MAX_NUMBERS || texts_here > MAX_TEXTS {
            return Err(Malformed::TooMany { numbers: number_count, texts: text_count });
        }
        let mut rest = Rest { bytes, at: HEADER_BYTES };
        let mut numbers = [UNKNOWN_NUMBER; MAX_NUMBERS];
        for number in &mut numbers[..numbers_here] {
            *number = u64::from_le_bytes(rest.array()?);
        }
        let mut lengths = [TextLength::UNKNOWN; MAX_TEXTS];
        for length in &mut lengths[..texts_here] {
            *length = TextLength { kept: u32::from_le_bytes(rest.array()?), whole: u32::from_le_bytes(rest.array()?) };
        }
        let mut texts = [None; MAX_TEXTS];
        for (index, TextLength { kept, whole }) in lengths.into_iter().enumerate().take(texts_here) {
            if kept > whole || kept as usize > MAX_TEXT_BYTES {
                return Err(Malformed::TextLength { index, kept, whole });
            }
            let here = rest.take(kept as usize)?;
            let known = TextLength { kept, whole } != TextLength::UNKNOWN;
            texts[index] = known.then_some(Text::cut(here, whole as usize));
        }
        Ok(Self { numbers, texts })
    }

    /// The number with this index, if it is known.
    pub(super) fn number(&self, index: usize) -> Option<u64> {
        self.numbers.get(index).copied().filter(|number| *number != UNKNOWN_NUMBER)
    }

    /// The text with this index, if it is known.
    pub(super) fn text(&self, index: usize) -> Option<Text<'a>> {
        self.texts.get(index).copied().flatten()
    }
}

/// What has not been read yet.
struct Rest<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at + count;
        let taken = self.bytes.get(self.at..end).ok_or(Malformed::Short { have: self.bytes.len(), need: end })?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let have = self.bytes.len();
        let need = self.at + N;
        self.take(N)?.first_chunk().copied().ok_or(Malformed::Short { have, need })
    }
}
