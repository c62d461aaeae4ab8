use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::command::{listed, refused};
use super::elf_file::{ElfFile, SiteSpec};

const HOSTILE: &str = "\u{1b}]0;title\u{7}\u{9b}2J\r\n\u{202e}\t\u{7f}";

#[test]
fn neither_names_nor_places_nor_paths() {
    let folder = tempfile::tempdir().unwrap();
    let mut site = SiteSpec::new(HOSTILE, 7);
    site.module = b"app\x1b[31m".into();
    site.file = HOSTILE.as_bytes().into();
    let path = folder.path().join(OsStr::from_bytes(HOSTILE.as_bytes()));
    std::fs::rename(ElfFile::with_sites(&[site]).write(folder.path()), &path).unwrap();

    let list = listed(&[&path]);
    assert_eq!(list.lines().count(), 3, "{list:?}");
    assert!(list.contains(r"app\u{1b}[31m::\u{1b}]0;title\u{7}\u{9b}2J\r\n\u{202e}\t\u{7f}"), "{list}");
    let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!list.contains(steers), "{list:?}");
}

#[test]
fn nor_the_path_in_a_complaint() {
    let complaint = refused("/no/\u{1b}[31mwhere".as_ref());
    assert_eq!(complaint, "no such file");
}
