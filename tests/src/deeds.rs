//! What the deeds of the program `kinds` need before they are done.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Puts into a directory what the deeds with files need.
///
/// # Panics
/// When it can't be written to.
pub fn prepare_files(directory: &Path) {
    for name in ["tree", "empty", "empty too"] {
        fs::create_dir(directory.join(name)).expect("a directory");
    }
    for name in ["file", "victim", "old", "gone", "tree/leaf", "line\nbreak", "\u{1b}[31mred"] {
        fs::write(directory.join(name), "text").expect("a file");
    }
    // A name that is no text.
    fs::write(directory.join(OsStr::from_bytes(b"no\xffutf8")), "text").expect("a file");
    symlink("file", directory.join("link")).expect("a symbolic link");
}
