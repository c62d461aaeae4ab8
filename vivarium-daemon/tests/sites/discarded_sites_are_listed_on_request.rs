use std::ffi::OsStr;

use object::{LittleEndian as LE, U64};
use vivarium_daemon::sites::Obstacle;

use super::command::{listed, listed_json};
use super::elf_file::{ElfFile, SiteSpec, TEXT, read};

/// A file in which the linker discarded the first of two sites, and left its notes with addresses close to zero.
fn file() -> ElfFile {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("gone", 1), SiteSpec::new("kept", 2)]);
    for (at, probe) in file.probes[..3].iter_mut().enumerate() {
        probe.address = at as u64 * 16;
    }
    file
}

#[test]
fn and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = file().write(folder.path());
    let json = listed_json(&path);
    let sites = json["files"][0]["sites"].as_array().unwrap();
    assert_eq!(sites.len(), 1);
    assert_eq!(sites[0]["name"], "kept");
    assert_eq!(json["files"][0]["discarded"], 1);
    let list = listed(&[&path]);
    assert!(list.ends_with("The linker discarded 1 more site, since nothing calls it; `--all` lists it.\n"), "{list}");
    assert!(!list.contains("gone"), "{list}");
}

#[test]
fn with_the_reason_why_nobody_can_attach() {
    let folder = tempfile::tempdir().unwrap();
    let path = file().write(folder.path());
    let list = listed(&[OsStr::new("--all"), path.as_os_str()]);
    assert!(list.contains("no: the linker discarded it, since nothing calls it\n"), "{list}");
    assert!(list.contains("gone") && list.contains("kept") && !list.contains("--all"), "{list}");
}

#[test]
fn also_where_the_first_code_segment_begins_with_the_file_header() {
    let mut file = file();
    // As GNU ld lays it out without separate code: an address close to that of the header is executable, but no code.
    let header = TEXT.0 - TEXT.1;
    for probe in &mut file.probes[..3] {
        probe.address += header;
    }
    let mut parts = file.lay_out();
    let code = &mut parts.segments[0];
    let size = code.p_filesz.get(LE) + TEXT.1;
    (code.p_vaddr, code.p_offset) = (U64::new(LE, header), U64::new(LE, 0));
    (code.p_filesz, code.p_memsz) = (U64::new(LE, size), U64::new(LE, size));
    let catalog = read(&parts.bytes()).unwrap();
    assert_eq!(catalog.sites.len(), 1);
    assert_eq!(catalog.sites[0].attachable(), Ok(()));
    assert_eq!(catalog.discarded[0].attachable(), Err(Obstacle::Discarded));
}

#[test]
fn a_site_with_one_copy_left_is_listed_with_that_one() {
    let mut site = SiteSpec::new("generic", 1);
    site.copies = 2;
    let mut file = ElfFile::with_sites(&[site]);
    for probe in &mut file.probes[3..] {
        probe.address = 1;
    }
    let catalog = read(&file.bytes()).unwrap();
    assert_eq!((catalog.sites.len(), catalog.discarded.len()), (1, 0));
    assert_eq!(catalog.sites[0].copies(), 1);
    assert_eq!(catalog.sites[0].attachable(), Ok(()));
}
