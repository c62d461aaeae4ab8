use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::command::listed_json;
use super::elf_file::{ElfFile, SiteSpec};

#[test]
fn in_json_whether_they_are_a_text_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut site = SiteSpec::new("\u{1b}[2J \u{202e}\\n", 7);
    site.file = b"src/\xff\xfe.rs".into();
    let written = ElfFile::with_sites(&[site]).write(folder.path());
    let path = folder.path().join(OsStr::from_bytes(b"odd\n\xf0name"));
    std::fs::rename(written, &path).unwrap();

    let json = listed_json(&path);
    let bytes = |bytes: &[u8]| serde_json::Value::from(bytes.to_vec());
    assert_eq!(json["files"][0]["path"], bytes(path.as_os_str().as_bytes()));
    let site = &json["files"][0]["sites"][0];
    assert_eq!(site["name"], "\u{1b}[2J \u{202e}\\n");
    assert_eq!(site["function"], "app::part::\u{1b}[2J \u{202e}\\n");
    assert_eq!(site["file"], bytes(b"src/\xff\xfe.rs"));
}
