use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use vivarium_daemon::elf::FileOffset;
use vivarium_daemon::sites::{Catalog, CatalogError};

use super::elf_file::{ElfFile, SiteSpec, read};

/// One thing that can happen to the bytes of a file.
#[derive(Clone, Debug)]
enum Mutation {
    Byte(Index, u8),
    /// A number where a header or a note may have one.
    Number(Index, u64, usize),
    Truncate(Index),
    /// A piece copied over another.
    Copy(Index, Index, usize),
    Remove(Index, usize),
    Insert(Index, u8, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // Where a program that computes with sizes goes wrong.
    let edges = [0, 1, 7, 12, 0x7f, 0xff, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 63, !0, !0 - 7];
    let number = prop_oneof![select(edges.to_vec()), any::<u64>(), 0_u64..0x3000];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        (any::<Index>(), number, select(vec![2, 4, 8]))
            .prop_map(|(at, number, size)| Mutation::Number(at, number, size)),
        any::<Index>().prop_map(Mutation::Truncate),
        (any::<Index>(), any::<Index>(), 1_usize..200).prop_map(|(from, to, size)| Mutation::Copy(from, to, size)),
        (any::<Index>(), 1_usize..100).prop_map(|(at, size)| Mutation::Remove(at, size)),
        (any::<Index>(), any::<u8>(), 1_usize..100).prop_map(|(at, byte, size)| Mutation::Insert(at, byte, size)),
    ]
}

impl Mutation {
    /// Does it within `range` of the bytes.
    fn apply(&self, bytes: &mut Vec<u8>, range: std::ops::Range<usize>) {
        let range = range.start.min(bytes.len())..range.end.min(bytes.len());
        if range.is_empty() {
            return;
        }
        let place = |index: &Index| range.start + index.index(range.len());
        match self {
            Self::Byte(at, byte) => bytes[place(at)] = *byte,
            Self::Number(at, number, size) => {
                let at = place(at) & !(size - 1);
                let size = (*size).min(bytes.len() - at);
                bytes[at..at + size].copy_from_slice(&number.to_le_bytes()[..size]);
            }
            Self::Truncate(at) => bytes.truncate(place(at)),
            Self::Copy(from, to, size) => {
                let (from, to) = (place(from), place(to));
                let size = (*size).min(bytes.len() - from.max(to));
                bytes.copy_within(from..from + size, to);
            }
            Self::Remove(at, size) => {
                let at = place(at);
                bytes.drain(at..(at + size).min(bytes.len()));
            }
            Self::Insert(at, byte, size) => {
                let at = place(at);
                bytes.splice(at..at, std::iter::repeat_n(*byte, *size));
            }
        }
    }
}

fn file() -> ElfFile {
    let mut copied = SiteSpec::new("copied", 2);
    copied.copies = 2;
    ElfFile::with_sites(&[SiteSpec::new("single", 1), copied, SiteSpec::new("third", 3)])
}

/// Whatever was read: an error is one line that tells something, and a place to attach to is in the file.
fn check(read: Result<Catalog, CatalogError>, length: usize) -> Result<(), TestCaseError> {
    let catalog = match read {
        Ok(catalog) => catalog,
        Err(error) => {
            let line = error.to_string();
            prop_assert!(!line.is_empty() && !line.contains('\n'), "{line:?}");
            return Ok(());
        }
    };
    for site in &catalog.sites {
        prop_assert!(!site.probes.is_empty());
        for point in site.probes.iter().filter_map(|probe| probe.attach.ok()) {
            prop_assert!(point.probe < FileOffset(length as u64));
        }
    }
    for site in &catalog.discarded {
        prop_assert!(site.attachable().is_err());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn wherever_they_are_mutated(mutations in vec(mutation(), 1..8)) {
        let mut bytes = file().bytes();
        let all = 0..bytes.len();
        for mutation in mutations {
            mutation.apply(&mut bytes, all.clone());
        }
        check(read(&bytes), bytes.len())?;
    }

    #[test]
    fn in_their_headers(mutations in vec(mutation(), 1..8)) {
        // The section headers stand last and the others first, so they are mutated in place.
        let mut bytes = file().bytes();
        let end = bytes.len();
        for (number, mutation) in mutations.iter().enumerate() {
            let headers = if number % 2 == 0 { 0..0xb0 } else { end - 7 * 64..end };
            mutation.apply(&mut bytes, headers);
        }
        check(read(&bytes), bytes.len())?;
    }

    #[test]
    fn in_their_notes(mutations in vec(mutation(), 1..4)) {
        let mut parts = file().lay_out();
        let section = parts.section(vivarium_sys::note::SECTION);
        for mutation in mutations {
            let all = 0..section.content.len();
            mutation.apply(&mut section.content, all);
        }
        section.header.sh_size = object::U64::new(object::LittleEndian, section.content.len() as u64);
        section.header.sh_offset = object::U64::new(object::LittleEndian, 0x4000);
        let bytes = parts.bytes();
        check(read(&bytes), bytes.len())?;
    }
}
