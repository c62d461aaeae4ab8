use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use object::{LittleEndian as LE, U64};
use vivarium_sys::note::{OWNER, SECTION, TYPE_SITE};

use super::command::complaint;
use super::elf_file::{ElfFile, Parts, SiteSpec, note};

const GIBIBYTE: u64 = 1 << 30;

/// A file of eight gibibytes, nearly all of it a hole.
fn sparse(folder: &Path, change: impl FnOnce(&mut Parts)) -> std::path::PathBuf {
    let mut parts = ElfFile::with_sites(&[SiteSpec::new("f", 1)]).lay_out();
    change(&mut parts);
    let path = parts.write(folder);
    File::options().write(true).open(&path).unwrap().set_len(8 * GIBIBYTE).unwrap();
    path
}

/// What the command does with a quarter of a gibibyte of memory, in a few seconds.
#[track_caller]
fn with_little_memory(path: &Path) -> std::process::Output {
    let start = Instant::now();
    let script = "ulimit -v 262144; exec \"$0\" sites \"$1\"";
    let command = env!("CARGO_BIN_EXE_vivarium");
    let output = Command::new("sh").args(["-c", script, command]).arg(path).output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
    output
}

#[test]
fn in_a_huge_file_with_honest_headers() {
    let folder = tempfile::tempdir().unwrap();
    let output = with_little_memory(&sparse(folder.path(), |_| {}));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("app::part::f"));
}

#[test]
fn in_a_section_of_notes_that_really_has_four_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = sparse(folder.path(), |parts| parts.section(SECTION).header.sh_size = U64::new(LE, 4 * GIBIBYTE));
    let refusal = complaint(&with_little_memory(&path));
    assert!(refusal.contains("section .note.vivarium has 4294967296 bytes, more than the"), "{refusal}");
}

#[test]
fn in_a_section_with_more_notes_than_there_are_functions() {
    let folder = tempfile::tempdir().unwrap();
    let path = sparse(folder.path(), |parts| {
        let shortest = note(OWNER, TYPE_SITE, b"identity\0\0\0\0\0\0\0\0\x01\0\0\0");
        let section = parts.section(SECTION);
        section.content = shortest.repeat((1 << 20) + 1);
        section.header.sh_size = U64::new(LE, section.content.len() as u64);
        section.header.sh_offset = U64::new(LE, 0x10_0000);
    });
    let refusal = complaint(&with_little_memory(&path));
    assert!(refusal.contains("section .note.vivarium has more than the 1048576 notes that are read"), "{refusal}");
}

#[test]
fn in_a_table_of_sections_that_really_has_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = sparse(folder.path(), |parts| {
        parts.header.e_shnum = object::U16::new(LE, 0);
        parts.sections[0].header.sh_size = U64::new(LE, 4 * GIBIBYTE / 64);
    });
    let refusal = complaint(&with_little_memory(&path));
    assert!(refusal.contains("the section header table has 4294967296 bytes, more than the"), "{refusal}");
}

#[test]
fn in_a_section_of_names_that_really_has_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = sparse(folder.path(), |parts| {
        parts.sections.last_mut().unwrap().header.sh_size = U64::new(LE, 4 * GIBIBYTE);
    });
    let refusal = complaint(&with_little_memory(&path));
    assert!(refusal.contains("the table of section names has 4294967296 bytes, more than the"), "{refusal}");
}
