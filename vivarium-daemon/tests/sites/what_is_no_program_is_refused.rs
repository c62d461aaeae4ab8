use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use object::{LittleEndian as LE, U16};

use super::command::{complaint, copy_vivarium, refused, skip, vivarium};
use super::elf_file::{ElfFile, Parts, SiteSpec};

/// The identity of a user who owns nothing.
const NOBODY: u32 = 65534;

/// How the command refuses a file with these bytes.
#[track_caller]
fn refusal_of(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    refused(&path)
}

fn program(change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let mut parts = ElfFile::with_sites(&[SiteSpec::new("f", 1)]).lay_out();
    change(&mut parts);
    parts.bytes()
}

#[test]
fn nothing_at_all() {
    assert_eq!(refused("/no/such/file".as_ref()), "no such file");
}

#[test]
fn a_folder() {
    assert_eq!(refused("/".as_ref()), "is a directory: give a program or a library in it");
}

#[test]
fn a_device() {
    assert_eq!(refused("/dev/zero".as_ref()), "is not a regular file: give a program or a library");
}

#[test]
fn a_pipe_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(refused(&path), "is not a regular file: give a program or a library");
}

#[test]
fn a_text_or_an_empty_file() {
    for bytes in [&b"# Some text\n"[..], b"", b"\x7f", b"\x7fEL"] {
        let refusal = refusal_of(bytes);
        assert_eq!(refusal, "is not an ELF file: give a program or a library that was built for Linux");
    }
}

#[test]
fn a_script() {
    assert_eq!(refusal_of(b"#!/bin/sh\n"), "is a script: give the program that it runs");
}

#[test]
fn an_archive() {
    let refusal = refusal_of(b"!<arch>\nlib.o/   ");
    assert_eq!(refusal, "is an archive of object files: give the program or library that it is linked into");
}

#[test]
fn an_object_file_or_a_core() {
    let refusal = refusal_of(&program(|parts| parts.header.e_type = U16::new(LE, object::elf::ET_REL)));
    assert_eq!(refusal, "is an object file: give the program or library that it is linked into");
    let refusal = refusal_of(&program(|parts| parts.header.e_type = U16::new(LE, object::elf::ET_CORE)));
    assert_eq!(refusal, "is neither a program nor a library: give one of them");
}

#[test]
fn a_program_for_32_bits() {
    let refusal = refusal_of(&program(|parts| parts.header.e_ident.class = object::elf::ELFCLASS32));
    assert_eq!(refusal, "is a 32-bit ELF file, where there are no probe sites: build it for a 64-bit target");
}

#[test]
fn a_program_with_the_other_byte_order() {
    let refusal = refusal_of(&program(|parts| parts.header.e_ident.data = object::elf::ELFDATA2MSB));
    assert!(refusal.starts_with("is a big-endian ELF file, where there are no probe sites"), "{refusal}");
}

#[test]
fn a_program_of_an_architecture_without_sites() {
    let refusal = refusal_of(&program(|parts| parts.header.e_machine = U16::new(LE, object::elf::EM_RISCV)));
    let expected = "is built for riscv, where there are no probe sites: build it for x86_64 or aarch64";
    assert_eq!(refusal, expected);
}

#[test]
fn a_program_of_a_format_of_the_future() {
    let refusal = refusal_of(&program(|parts| parts.header.e_ident.version = object::elf::FileVersion(9)));
    assert_eq!(refusal, "is an ELF file of unknown version 9");
}

#[test]
fn a_program_that_may_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, program(|_| {})).unwrap();
    set_mode(&path, 0o000);
    set_mode(folder.path(), 0o755);
    let mut command = vivarium();
    if std::fs::File::open(&path).is_ok() {
        // Root may read everything, so someone else has to try; and the command must be where they reach it.
        let copy = folder.path().join("vivarium");
        copy_vivarium(&copy);
        command = Command::new(copy);
        command.arg("sites").uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    let output = match command.arg(&path).output() {
        Ok(output) => output,
        Err(error) => return skip(&format!("no other user can run a command here: {error}")),
    };
    let expected = "permission denied: run vivarium as the owner of the file, or with sudo";
    assert_eq!(complaint(&output), format!("vivarium: {}: {expected}", path.display()));
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
