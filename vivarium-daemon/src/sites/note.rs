//! The notes of `.note.vivarium`, decoded as [`vivarium_sys::note`] describes them.

use vivarium_sys::note::{OWNER, TYPE_PROBE, TYPE_REGISTRY, TYPE_SITE};
use vivarium_sys::probe::Probe;
use vivarium_sys::{SiteId, SiteKind};

use super::error::NoteFlaw;
use crate::elf::{Address, Note};
use crate::fields::Fields;

/// A note of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SiteNote<'data> {
    Site(Described<'data>),
    Probe(Located),
    Registry {
        address: Address,
        base: Address,
    },
    /// Of a type that a newer version added.
    Unknown,
}

/// What a note tells of a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Described<'data> {
    pub(super) id: SiteId,
    pub(super) module: &'data [u8],
    pub(super) name: &'data [u8],
    pub(super) file: &'data [u8],
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) kind: SiteKind,
}

/// What a note tells of a probe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Located {
    pub(super) id: SiteId,
    pub(super) probe: Probe,
    pub(super) address: Address,
    pub(super) semaphore: Address,
    pub(super) base: Address,
}

impl<'data> SiteNote<'data> {
    pub(super) fn decode(note: Note<'data>) -> Result<Self, NoteFlaw> {
        // Linkers put only sections of this name together, so all of it is ours.
        if note.owner != OWNER.as_bytes() {
            return Err(NoteFlaw::Owner);
        }
        let mut fields = Fields::new(note.descriptor);
        let decoded = match note.kind {
            TYPE_SITE => Self::Site(Described::decode(&mut fields)?),
            TYPE_PROBE => Self::Probe(Located::decode(&mut fields)?),
            TYPE_REGISTRY => Self::Registry { address: address(&mut fields)?, base: address(&mut fields)? },
            _ => return Ok(Self::Unknown),
        };
        if fields.is_empty() { Ok(decoded) } else { Err(NoteFlaw::Length) }
    }
}

impl<'data> Described<'data> {
    fn decode(fields: &mut Fields<'data>) -> Result<Self, NoteFlaw> {
        let id = SiteId(fields.u64().ok_or(NoteFlaw::Length)?);
        let (line, column) = fields.u32().zip(fields.u32()).ok_or(NoteFlaw::Length)?;
        let kind = fields.u8().ok_or(NoteFlaw::Length)?;
        let kind = SiteKind::from_number(kind).ok_or(NoteFlaw::Kind)?;
        let mut text = || fields.text().ok_or(NoteFlaw::Length);
        Ok(Self { id, line, column, kind, module: text()?, name: text()?, file: text()? })
    }
}

impl Located {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, NoteFlaw> {
        let [place, base, semaphore] = [address(fields)?, address(fields)?, address(fields)?];
        let id = SiteId(fields.u64().ok_or(NoteFlaw::Length)?);
        let probe = fields.u8().ok_or(NoteFlaw::Length)?;
        let probe = Probe::from_number(probe).ok_or(NoteFlaw::Kind)?;
        Ok(Self { id, probe, address: place, semaphore, base })
    }
}

fn address(fields: &mut Fields<'_>) -> Result<Address, NoteFlaw> {
    fields.u64().map(Address).ok_or(NoteFlaw::Length)
}
