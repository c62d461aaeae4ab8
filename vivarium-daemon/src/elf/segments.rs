//! What of a file is loaded into memory, and where.

use object::LittleEndian;
use object::elf::{FileHeader64, PF_W, PF_X, PT_LOAD, ProgramHeader64};
use object::pod::slice_from_all_bytes;

use super::source::Source;
use super::{Address, ElfError, FileOffset, Part};

/// A part of the file that is loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Where it is loaded.
    pub address: Address,
    /// How much memory it takes.
    pub memory_size: u64,
    /// Where in the file it begins.
    pub offset: FileOffset,
    /// How much of it the file holds; the rest is zero.
    pub file_size: u64,
    /// Whether its code may run.
    pub is_executable: bool,
    /// Whether it may be written to.
    pub is_writable: bool,
}

impl Segment {
    /// Whether the address lies in it.
    #[must_use]
    pub fn contains(&self, address: Address) -> bool {
        address.0.checked_sub(self.address.0).is_some_and(|distance| distance < self.memory_size)
    }

    /// Where in the file the `length` bytes at the address stand, if it holds all of them.
    #[must_use]
    pub fn file_offset(&self, address: Address, length: u64) -> Option<FileOffset> {
        let distance = address.0.checked_sub(self.address.0)?;
        let is_held = distance.checked_add(length)? <= self.file_size;
        let offset = self.offset.0.checked_add(distance)?;
        // The system's offsets are signed.
        (is_held && i64::try_from(offset).is_ok()).then_some(FileOffset(offset))
    }
}

/// All parts of a file that are loaded.
#[derive(Clone, Debug, Default)]
pub struct Segments(Vec<Segment>);

impl Segments {
    pub(super) fn read(source: &Source, header: &FileHeader64<LittleEndian>) -> Result<Self, ElfError> {
        const ENTRY: u64 = size_of::<ProgramHeader64<LittleEndian>>() as u64;
        let part = Part::ProgramHeaders;
        let count = u64::from(header.e_phnum.get(LittleEndian));
        if count == 0 {
            return Ok(Self::default());
        }
        if u64::from(header.e_phentsize.get(LittleEndian)) != ENTRY {
            return Err(ElfError::Damaged { part, flaw: "has entries of an unknown size" });
        }
        // The count has 16 bits, so this is no more than a few megabytes.
        let bytes = source.read(part, header.e_phoff.get(LittleEndian), count * ENTRY, u64::MAX)?;
        let Ok(headers) = slice_from_all_bytes::<ProgramHeader64<LittleEndian>>(&bytes) else {
            return Err(ElfError::Damaged { part, flaw: "cannot be read" });
        };
        let loaded = headers.iter().filter(|header| header.p_type.get(LittleEndian) == PT_LOAD);
        let mut segments: Vec<_> = loaded
            .map(|header| {
                let flags = header.p_flags.get(LittleEndian);
                Segment {
                    address: Address(header.p_vaddr.get(LittleEndian)),
                    memory_size: header.p_memsz.get(LittleEndian),
                    offset: FileOffset(header.p_offset.get(LittleEndian)),
                    file_size: header.p_filesz.get(LittleEndian),
                    is_executable: flags.contains(PF_X),
                    is_writable: flags.contains(PF_W),
                }
            })
            .collect();
        // The format wants them in this order; a file that has another finds fewer of its addresses, and no others.
        segments.sort_by_key(|segment| segment.address);
        Ok(Self(segments))
    }

    /// The segment in which the address lies.
    #[must_use]
    pub fn containing(&self, address: Address) -> Option<&Segment> {
        let after = self.0.partition_point(|segment| segment.address <= address);
        self.0[..after].last().filter(|segment| segment.contains(address))
    }

    /// All of them, by ascending address.
    pub fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.0.iter()
    }
}
