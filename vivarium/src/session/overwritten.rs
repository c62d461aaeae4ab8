//! A file that is overwritten once there is something to write.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A file that keeps what is in it until something is written: a session that doesn't begin destroys nothing.
#[derive(Debug)]
pub(super) struct Overwritten {
    file: File,
    has_begun: bool,
}

impl Overwritten {
    /// Opens a file, which is made if there is none.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        Ok(Self { file, has_begun: false })
    }
}

impl Write for Overwritten {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.has_begun && self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.has_begun = true;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_there_stays_until_something_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        fs::write(&path, "what was there, which is longer").unwrap();
        let mut file = Overwritten::open(&path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().starts_with("what was there"));
        file.write_all(b"one ").unwrap();
        file.write_all(b"two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one two");
    }

    #[test]
    fn what_is_no_plain_file_is_written_to_as_it_is() {
        Overwritten::open(Path::new("/dev/null")).unwrap().write_all(b"one").unwrap();
    }
}
