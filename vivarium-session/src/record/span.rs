//! The records of spans.

use vivarium_sys::probe::{RaiseKind, StartFlags, StopFlags};
use vivarium_sys::wire::RecordType;
use vivarium_sys::{InstanceId, SiteKind};

use super::decode::Payload;
use super::{Malformed, Text};

/// A span starts, or is polled again.
#[derive(Clone, Copy, Debug)]
pub struct SpanStart<'a> {
    /// How.
    pub flags: StartFlags,
    /// The instance that was innermost before.
    pub under: InstanceId,
    /// What the program says of a site that it made while it ran.
    pub described: Option<DynamicSite<'a>>,
}

/// What the program says of a site that it made while it ran.
#[derive(Clone, Copy, Debug)]
pub struct DynamicSite<'a> {
    /// The line.
    pub line: u32,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// The module path.
    pub module: Text<'a>,
    /// The name of the function or the span.
    pub name: Text<'a>,
    /// The source file.
    pub file: Text<'a>,
}

/// A span or a poll of it stops.
#[derive(Clone, Copy, Debug)]
pub struct SpanStop {
    /// How.
    pub flags: StopFlags,
    /// How many deeper spans the kernel side closed with it, because their stops were missed.
    pub healed: u64,
}

/// Something is raised in a span.
#[derive(Clone, Copy, Debug)]
pub struct SpanRaise<'a> {
    /// What.
    pub kind: RaiseKind,
    /// The message.
    pub message: Option<Text<'a>>,
    /// The source file.
    pub file: Option<Text<'a>>,
    /// The line in it, 0 where it is not known.
    pub line: u32,
}

impl<'a> SpanStart<'a> {
    /// Which of the numbers is the instance that was innermost before.
    pub(crate) const UNDER: usize = 1;

    pub(super) fn read(payload: &Payload<'a>) -> Result<Self, Malformed> {
        let record = RecordType::SpanStart;
        let (Some(flags), Some(under)) = (payload.number(0), payload.number(Self::UNDER)) else {
            return Err(Malformed::Incomplete(record));
        };
        let described = match (payload.number(2), payload.number(3)) {
            (Some(line), Some(kind)) => Some(DynamicSite::read(payload, line, kind)?),
            _ => None,
        };
        Ok(Self { flags: StartFlags(narrow(record, flags)?), under: InstanceId(under), described })
    }
}

impl<'a> DynamicSite<'a> {
    fn read(payload: &Payload<'a>, line: u64, kind: u64) -> Result<Self, Malformed> {
        let record = RecordType::SpanStart;
        let site_kind = u8::try_from(kind).ok().and_then(SiteKind::from_number);
        let kind = site_kind.ok_or(Malformed::Meaningless { record, number: kind })?;
        match (payload.text(0), payload.text(1), payload.text(2)) {
            (Some(module), Some(name), Some(file)) => {
                Ok(Self { line: narrow(record, line)?, kind, module, name, file })
            }
            _ => Err(Malformed::Incomplete(record)),
        }
    }
}

impl SpanStop {
    pub(super) fn read(payload: &Payload<'_>) -> Result<Self, Malformed> {
        let record = RecordType::SpanStop;
        let flags = payload.number(0).ok_or(Malformed::Incomplete(record))?;
        Ok(Self { flags: StopFlags(narrow(record, flags)?), healed: payload.number(1).unwrap_or(0) })
    }
}

impl<'a> SpanRaise<'a> {
    pub(super) fn read(payload: &Payload<'a>) -> Result<Self, Malformed> {
        let record = RecordType::SpanRaise;
        let number = payload.number(0).ok_or(Malformed::Incomplete(record))?;
        let kind = u32::try_from(number).ok().and_then(RaiseKind::from_number);
        Ok(Self {
            kind: kind.ok_or(Malformed::Meaningless { record, number })?,
            message: payload.text(0),
            file: payload.text(1),
            line: narrow(record, payload.number(1).unwrap_or(0))?,
        })
    }
}

fn narrow(record: RecordType, number: u64) -> Result<u32, Malformed> {
    u32::try_from(number).map_err(|_| Malformed::Meaningless { record, number })
}
