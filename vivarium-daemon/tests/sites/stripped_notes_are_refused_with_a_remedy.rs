use std::path::Path;
use std::process::Command;

use vivarium_sys::note::{SECTION, STAPSDT_SECTION};

use super::command::{listed_json, refused};
use super::elf_file::{ElfFile, SiteSpec};
use super::oracle::is_installed;
use super::program::Program;

const REMEDY: &str = "llvm-strip --strip-all --keep-section=.note.stapsdt --keep-section=.note.vivarium";

#[track_caller]
fn is_refused(path: &Path) {
    let refusal = refused(path);
    assert!(refusal.starts_with("has probe sites, but the notes that describe them were stripped"), "{refusal}");
    assert!(refusal.contains(REMEDY), "{refusal}");
}

#[test]
fn when_both_sections_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = ElfFile::with_sites(&[SiteSpec::new("f", 1)]);
    file.without = vec![SECTION, STAPSDT_SECTION];
    is_refused(&file.write(folder.path()));
    file.without.push(".probes");
    is_refused(&file.write(folder.path()));
}

#[test]
fn when_only_the_notes_for_others_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = ElfFile::with_sites(&[SiteSpec::new("f", 1)]);
    file.without = vec![SECTION];
    is_refused(&file.write(folder.path()));
}

#[test]
fn as_llvm_strip_does_it() {
    if !is_installed("llvm-strip") {
        return;
    }
    let program = Program::host(&["-O"]);
    strip("llvm-strip --strip-all", program.path());
    is_refused(program.path());
}

#[test]
fn and_the_remedy_works() {
    let program = Program::host(&["-O"]);
    if is_installed("llvm-strip") {
        strip(REMEDY, program.path());
    }
    if is_installed("strip") {
        strip("strip --strip-all", program.path());
    }
    assert_eq!(listed_json(program.path())["files"][0]["sites"].as_array().unwrap().len(), 3);
}

#[track_caller]
fn strip(command: &str, file: &Path) {
    let mut words = command.split(' ');
    let status = Command::new(words.next().unwrap()).args(words).arg(file).status().unwrap();
    assert!(status.success(), "{command}");
}
