//! The dynamic sites of a process: a list in its memory, laid out as [`vivarium_sys::dynamic`] describes.
//!
//! The memory belongs to the process, which may write anything there at any time. So every address is taken as a guess,
//! and what is read has an end.

use std::collections::HashSet;
use std::io;

use vivarium_session::text::Text;
use vivarium_sys::dynamic::DESCRIPTION_BYTES;
use vivarium_sys::{SiteId, SiteKind};

use super::MemoryReader;
use crate::elf::MemoryAddress;
use crate::fields::Fields;

/// How many dynamic sites are read.
const SITES_LIMIT: usize = 1 << 16;
/// How long one of their texts may be.
const TEXT_LIMIT: u64 = 4096;
/// How long all texts together may be.
const TEXTS_LIMIT: u64 = 32 << 20;

/// A site that a program made while it was running.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RegisteredSite {
    /// The identity.
    pub id: SiteId,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// The path of the module.
    pub module: Text,
    /// The name of the span.
    pub name: Text,
    /// The source file.
    pub file: Text,
    /// The line in it.
    pub line: u32,
}

/// Why the list was not read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryFlaw {
    /// It leads to where nothing is mapped.
    #[error("the list of dynamic sites leads out of the memory of the process")]
    Unmapped,
    /// It never ends.
    #[error("the list of dynamic sites leads back to itself")]
    Endless,
    /// It holds something else.
    #[error("the list of dynamic sites holds something that is none")]
    Damaged,
    /// It is larger than what is read.
    #[error("there are more dynamic sites than the {SITES_LIMIT} that are read")]
    TooLarge,
}

/// The dynamic sites of one file in a process.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Registry {
    /// Those that were found, by place in the source.
    pub sites: Vec<RegisteredSite>,
    /// Why there may be more.
    pub flaw: Option<RegistryFlaw>,
}

impl Registry {
    /// Reads lists of sites, given where in memory the pointers to their first ones are.
    ///
    /// # Errors
    /// When the system fails.
    pub fn read(memory: &mut MemoryReader<'_>, heads: impl IntoIterator<Item = MemoryAddress>) -> io::Result<Self> {
        let mut walk = Walk { memory, seen: HashSet::new(), texts: 0, sites: Vec::new() };
        let mut flaw = None;
        for head in heads {
            match walk.list(head) {
                Ok(()) => {}
                Err(Stop::Flaw(found)) => flaw = Some(found),
                Err(Stop::System(error)) => return Err(error),
            }
        }
        let mut sites = walk.sites;
        sites.sort_by(|one, other| {
            (&one.module, &one.name, &one.file, one.line, one.id).cmp(&(
                &other.module,
                &other.name,
                &other.file,
                other.line,
                other.id,
            ))
        });
        Ok(Self { sites, flaw })
    }
}

/// Reading lists.
struct Walk<'a, 'memory> {
    memory: &'a mut MemoryReader<'memory>,
    seen: HashSet<u64>,
    texts: u64,
    sites: Vec<RegisteredSite>,
}

/// What ends the reading of a list before its end.
enum Stop {
    Flaw(RegistryFlaw),
    System(io::Error),
}

impl From<RegistryFlaw> for Stop {
    fn from(flaw: RegistryFlaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl Walk<'_, '_> {
    fn list(&mut self, head: MemoryAddress) -> Result<(), Stop> {
        let mut next = Fields::new(self.bytes(head.0, size_of::<u64>())?).u64().ok_or(RegistryFlaw::Unmapped)?;
        while next != 0 {
            if !self.seen.insert(next) {
                return Err(RegistryFlaw::Endless.into());
            }
            if self.sites.len() == SITES_LIMIT {
                return Err(RegistryFlaw::TooLarge.into());
            }
            let description = Description::decode(self.bytes(next, DESCRIPTION_BYTES)?);
            let Description { next: after, id, line, kind, module, name, file } =
                description.ok_or(RegistryFlaw::Damaged)?;
            let (module, name, file) = (self.text(module)?, self.text(name)?, self.text(file)?);
            self.sites.push(RegisteredSite { id, kind, module, name, file, line });
            next = after;
        }
        Ok(())
    }

    fn text(&mut self, (address, length): (u64, u64)) -> Result<Text, Stop> {
        if length == 0 {
            return Ok(Text::default());
        }
        if length > TEXT_LIMIT {
            return Err(RegistryFlaw::Damaged.into());
        }
        self.texts += length;
        if self.texts > TEXTS_LIMIT {
            return Err(RegistryFlaw::TooLarge.into());
        }
        Ok(Text::new(self.bytes(address, length as usize)?))
    }

    fn bytes(&mut self, address: u64, length: usize) -> Result<&[u8], Stop> {
        let bytes = self.memory.bytes_at(MemoryAddress(address), length).map_err(Stop::System)?;
        Ok(bytes.ok_or(RegistryFlaw::Unmapped)?)
    }
}

/// A description as it stands in memory.
struct Description {
    next: u64,
    id: SiteId,
    line: u32,
    kind: SiteKind,
    module: (u64, u64),
    name: (u64, u64),
    file: (u64, u64),
}

impl Description {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(bytes);
        let (next, id, line, kind) = (fields.u64()?, SiteId(fields.u64()?), fields.u32()?, fields.u32()?);
        let kind = SiteKind::from_number(kind.try_into().ok()?)?;
        let mut text = || fields.u64().zip(fields.u64());
        Some(Self { next, id, line, kind, module: text()?, name: text()?, file: text()? })
    }
}
