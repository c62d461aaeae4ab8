use std::path::Path;

use vivarium_sys::note::{SECTION, STAPSDT_SECTION};

use super::command::{listed, listed_json};
use super::elf_file::{ElfFile, SiteSpec};

#[track_caller]
fn says_how_to_add_sites(path: &Path) {
    let expected =
        format!("{}: no sites; mark functions with `#[vivarium::observe]` and build it again\n", path.display());
    assert_eq!(listed(&[path]), expected);
    assert_eq!(listed_json(path)["files"][0]["sites"], serde_json::json!([]));
}

#[test]
fn a_program_of_the_system() {
    says_how_to_add_sites("/bin/sh".as_ref());
}

#[test]
fn a_program_that_never_had_any() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = ElfFile::with_sites(&[]);
    file.without = vec![SECTION, STAPSDT_SECTION, ".probes", ".stapsdt.base"];
    says_how_to_add_sites(&file.write(folder.path()));
}

#[test]
fn a_program_with_probes_of_another_provider() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = ElfFile::with_sites(&[SiteSpec::new("other", 1)]);
    file.without = vec![SECTION];
    let mut parts = file.lay_out();
    let notes = &mut parts.section(STAPSDT_SECTION).content;
    while let Some(at) = notes.windows(8).position(|name| name == b"vivarium") {
        notes[at..at + 8].copy_from_slice(b"somebody");
    }
    says_how_to_add_sites(&parts.write(folder.path()));
}
