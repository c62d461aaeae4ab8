//! The sections of a file, of which only a few are ever looked at.

use object::LittleEndian;
use object::elf::{FileHeader64, SHF_ALLOC, SHF_EXECINSTR, SHN_XINDEX, SHT_NOBITS, SectionHeader64};
use object::pod::{from_bytes, slice_from_all_bytes};

use super::source::Source;
use super::{Address, ElfError, FileOffset, Part};

type Header = SectionHeader64<LittleEndian>;

/// How large a table of sections may be: a quarter of a million sections.
const TABLE_LIMIT: u64 = 16 << 20;
/// How large their names may be.
const NAMES_LIMIT: u64 = 64 << 20;

/// A named part of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section {
    /// Where it is loaded, zero when it isn't.
    pub address: Address,
    /// Where in the file it begins.
    pub offset: FileOffset,
    /// How large it is.
    pub size: u64,
    /// Whether the file holds it.
    pub is_in_file: bool,
}

/// All sections of a file.
#[derive(Debug)]
pub struct Sections {
    table: Vec<u8>,
    names: Vec<u8>,
    /// Where there is code: ascending, and no two ranges touch.
    code: Vec<(Address, Address)>,
}

impl Sections {
    pub(super) fn read(source: &Source, header: &FileHeader64<LittleEndian>) -> Result<Self, ElfError> {
        const ENTRY: u64 = size_of::<Header>() as u64;
        let part = Part::SectionHeaders;
        let start = header.e_shoff.get(LittleEndian);
        if start == 0 {
            return Err(ElfError::NoSections);
        }
        if u64::from(header.e_shentsize.get(LittleEndian)) != ENTRY {
            return Err(ElfError::Damaged { part, flaw: "has entries of an unknown size" });
        }
        // Numbers that have no room in the file header stand in the first section.
        let first = source.read(part, start, ENTRY, ENTRY)?;
        let Ok((first, _)) = from_bytes::<Header>(&first) else {
            return Err(ElfError::Damaged { part, flaw: "cannot be read" });
        };
        let count = match header.e_shnum.get(LittleEndian) {
            0 => first.sh_size.get(LittleEndian),
            count => count.into(),
        };
        let table = source.read(part, start, count.saturating_mul(ENTRY), TABLE_LIMIT)?;
        let headers = headers(&table);

        let names_index = match header.e_shstrndx.get(LittleEndian) {
            SHN_XINDEX => first.sh_link.get(LittleEndian) as usize,
            index => index.0.into(),
        };
        let Some(names) = headers.get(names_index).filter(|_| names_index != 0) else {
            return Err(ElfError::Damaged { part, flaw: "does not tell where the names of the sections are" });
        };
        let (offset, size) = (names.sh_offset.get(LittleEndian), names.sh_size.get(LittleEndian));
        let names = source.read(Part::SectionNames, offset, size, NAMES_LIMIT)?;
        let code = merge(headers.iter().filter_map(code_range).collect());
        Ok(Self { table, names, code })
    }

    /// The first section of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Section> {
        let header = headers(&self.table).iter().find(|header| self.is_named(header, name))?;
        Some(Section {
            address: Address(header.sh_addr.get(LittleEndian)),
            offset: FileOffset(header.sh_offset.get(LittleEndian)),
            size: header.sh_size.get(LittleEndian),
            is_in_file: header.sh_type.get(LittleEndian) != SHT_NOBITS,
        })
    }

    fn is_named(&self, header: &Header, name: &str) -> bool {
        let rest = self.names.get(header.sh_name.get(LittleEndian) as usize..);
        let after = rest.and_then(|rest| rest.strip_prefix(name.as_bytes()));
        after.is_some_and(|after| after.first() == Some(&0))
    }

    /// Whether there is code at the address.
    #[must_use]
    pub fn has_code_at(&self, address: Address) -> bool {
        let after = self.code.partition_point(|(start, _)| *start <= address);
        self.code[..after].last().is_some_and(|(_, end)| address < *end)
    }
}

fn headers(table: &[u8]) -> &[Header] {
    slice_from_all_bytes(table).unwrap_or_default()
}

fn code_range(header: &Header) -> Option<(Address, Address)> {
    let is_code = header.sh_flags.get(LittleEndian).contains(SHF_ALLOC | SHF_EXECINSTR);
    let start = header.sh_addr.get(LittleEndian);
    let end = start.checked_add(header.sh_size.get(LittleEndian))?;
    (is_code && start < end).then_some((Address(start), Address(end)))
}

/// Joins ranges that overlap or touch.
fn merge(mut ranges: Vec<(Address, Address)>) -> Vec<(Address, Address)> {
    ranges.sort();
    let mut merged: Vec<(Address, Address)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{Address, merge};

    #[test]
    fn ranges_that_overlap_or_touch_become_one() {
        let ranges = [(40, 50), (0, 10), (5, 20), (20, 21), (6, 7)];
        let merged = merge(ranges.map(|(start, end)| (Address(start), Address(end))).to_vec());
        assert_eq!(merged, [(Address(0), Address(21)), (Address(40), Address(50))]);
    }
}
