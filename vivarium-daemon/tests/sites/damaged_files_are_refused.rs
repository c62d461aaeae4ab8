use object::{LittleEndian as LE, U32, U64};
use vivarium_daemon::elf::ElfError;
use vivarium_daemon::sites::CatalogError;
use vivarium_sys::SiteId;
use vivarium_sys::note::{OWNER, SECTION, TYPE_PROBE, TYPE_SITE};

use super::command::refused;
use super::elf_file::{ElfFile, Parts, SiteSpec, note, read};

fn file() -> ElfFile {
    ElfFile::with_sites(&[SiteSpec::new("one", 1), SiteSpec::new("two", 2)])
}

/// How the command refuses the file after `harm` was done to it.
#[track_caller]
fn refusal_after(harm: impl FnOnce(&mut Parts)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = file().lay_out();
    harm(&mut parts);
    refused(&parts.write(folder.path()))
}

/// How the command refuses a file with these notes.
#[track_caller]
fn refusal_of_notes(notes: Vec<u8>) -> String {
    refusal_after(|parts| {
        let size = notes.len() as u64;
        let section = parts.section(SECTION);
        section.header.sh_size = U64::new(LE, size);
        section.content = notes;
        // After everything else, so that they run into nothing.
        section.header.sh_offset = U64::new(LE, 0x10_0000);
    })
}

#[test]
fn when_truncated_anywhere() {
    let bytes = file().bytes();
    assert!(read(&bytes).is_ok());
    for length in 0..bytes.len() {
        let error = read(&bytes[..length]).expect_err("the section headers stand last");
        match length {
            0..4 => assert!(matches!(error, CatalogError::Elf(ElfError::NotElf)), "{length}: {error}"),
            _ => assert!(matches!(error, CatalogError::Elf(ElfError::Truncated { .. })), "{length}: {error}"),
        }
    }
}

#[test]
fn when_truncated_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = file().write(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let expected = format!(
        "is truncated: the section header table should end at byte {}, but the file has {}; copy or build it again",
        bytes.len(),
        bytes.len() - 1
    );
    assert_eq!(refused(&path), expected);
}

#[test]
fn when_a_section_has_four_gigabytes() {
    let refusal = refusal_after(|parts| parts.section(SECTION).header.sh_size = U64::new(LE, 4 << 30));
    assert!(refusal.starts_with("is truncated: section .note.vivarium should end at byte 429"), "{refusal}");
}

#[test]
fn when_a_section_ends_beyond_all_numbers() {
    let refusal = refusal_after(|parts| {
        parts.section(SECTION).header.sh_offset = U64::new(LE, u64::MAX);
        parts.section(SECTION).header.sh_size = U64::new(LE, u64::MAX);
        parts.section(SECTION).content.clear();
    });
    assert!(refusal.contains("should end at byte 36893488147419103230"), "{refusal}");
}

#[test]
fn when_there_are_four_billion_sections() {
    let refusal = refusal_after(|parts| {
        // As a file has it that has more than fit into the file header.
        parts.header.e_shnum = object::U16::new(LE, 0);
        parts.sections[0].header.sh_size = U64::new(LE, u64::from(u32::MAX));
    });
    assert!(refusal.starts_with("is truncated: the section header table"), "{refusal}");
}

#[test]
fn when_the_names_of_the_sections_are_nowhere() {
    let refusal = refusal_after(|parts| parts.header.e_shstrndx = object::U16::new(LE, object::elf::SymbolSection(99)));
    assert!(refusal.starts_with("is damaged: the section header table does not tell where"), "{refusal}");
}

#[test]
fn when_the_section_headers_are_gone() {
    let refusal = refusal_after(|parts| {
        parts.header.e_shoff = U64::new(LE, 0);
        parts.header.e_shnum = object::U16::new(LE, 0);
    });
    assert!(refusal.starts_with("has no section headers"), "{refusal}");
}

#[test]
fn when_tables_have_entries_of_another_size() {
    let refusal = refusal_after(|parts| parts.header.e_shentsize = object::U16::new(LE, 40));
    assert!(refusal.starts_with("is damaged: the section header table has entries"), "{refusal}");
    let refusal = refusal_after(|parts| parts.header.e_phentsize = object::U16::new(LE, 32));
    assert!(refusal.starts_with("is damaged: the program header table has entries"), "{refusal}");
}

#[test]
fn when_a_note_lies_about_its_size() {
    for (field, lie) in [(0, u32::MAX), (4, u32::MAX), (4, 1 << 20)] {
        let refusal = refusal_after(|parts| {
            parts.section(SECTION).content[field..field + 4].copy_from_slice(&lie.to_le_bytes());
        });
        let expected =
            "is damaged: note 0 in section .note.vivarium is larger than the section; copy or build it again";
        assert_eq!(refusal, expected, "{lie} at {field}");
    }
}

#[test]
fn when_a_note_swallows_the_next() {
    let refusal = refusal_after(|parts| {
        let content = &mut parts.section(SECTION).content;
        let size = u32::from_le_bytes(content[4..8].try_into().unwrap());
        content[4..8].copy_from_slice(&(size + 32).to_le_bytes());
    });
    assert!(refusal.starts_with("is damaged: note 0 in section .note.vivarium is longer or shorter"), "{refusal}");
}

#[test]
fn when_a_note_is_shorter_than_it_should_be() {
    for kind in [TYPE_SITE, TYPE_PROBE] {
        let refusal = refusal_of_notes(note(OWNER, kind, &[1; 12]));
        assert!(refusal.contains("is longer or shorter than its fields"), "{refusal}");
    }
}

#[test]
fn when_a_note_is_not_ours() {
    let refusal = refusal_of_notes(note("GNU", 3, &[0; 20]));
    assert!(refusal.contains("has an owner that it cannot have"), "{refusal}");
}

#[test]
fn when_a_note_is_of_a_kind_of_the_future() {
    let mut descriptor = vec![0; 16];
    descriptor.extend(b"\xf0module\0name\0file\0");
    let refusal = refusal_of_notes(note(OWNER, TYPE_SITE, &descriptor));
    assert!(refusal.contains("if it is newer, update vivarium"), "{refusal}");
}

#[test]
fn when_a_probe_has_no_site() {
    let mut file = file();
    file.probes[0].id = SiteId(4711);
    let error = read(&file.bytes()).unwrap_err();
    assert!(matches!(error, CatalogError::Orphan(SiteId(4711))), "{error}");
}

#[test]
fn but_not_for_notes_of_a_type_of_the_future() {
    let mut parts = file().lay_out();
    let section = parts.section(SECTION);
    section.content.extend(note(OWNER, 99, b"what comes"));
    section.header.sh_size = U64::new(LE, section.content.len() as u64);
    section.header.sh_offset = U64::new(LE, 0x10_0000);
    assert_eq!(read(&parts.bytes()).unwrap().sites.len(), 2);
}

#[test]
fn but_not_for_a_lie_in_a_section_that_nobody_reads() {
    let mut parts = file().lay_out();
    parts.section(".text").header.sh_offset = U64::new(LE, u64::MAX);
    parts.section(".text").content.clear();
    parts.sections[0].header.sh_name = U32::new(LE, u32::MAX);
    // Without its code in the file there is nothing to attach to, but the sites are known.
    assert_eq!(read(&parts.bytes()).unwrap().sites.len(), 2);
}
