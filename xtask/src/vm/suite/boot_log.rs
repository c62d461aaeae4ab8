//! What a guest wrote, kept on the host.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::vm::qemu::Channel;

/// The log files of one boot: what the tests wrote, and what the kernel wrote.
pub(super) struct BootLog {
    path: PathBuf,
    tests: File,
    console: File,
    /// Whether all was written so far.
    written: io::Result<()>,
}

impl BootLog {
    /// The files `NAME.log` and `NAME.console.log` in `directory`, empty at first.
    pub(super) fn create(directory: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let path = directory.join(format!("{name}.log"));
        Ok(Self {
            tests: File::create(&path)?,
            console: File::create(directory.join(format!("{name}.console.log")))?,
            path,
            written: Ok(()),
        })
    }

    /// Where the output of the tests is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds words of our own between the output of tests.
    pub(super) fn heading(&mut self, text: &str) {
        self.write(Channel::Output, format!("\n==== {text}\n").as_bytes());
    }

    pub(super) fn write(&mut self, channel: Channel, bytes: &[u8]) {
        if self.written.is_ok() {
            self.written = match channel {
                Channel::Console => self.console.write_all(bytes),
                Channel::Output | Channel::Errors => self.tests.write_all(bytes),
            };
        }
    }

    /// Tells whether all that was written is in the files.
    pub(super) fn finish(self) -> io::Result<()> {
        self.written
    }
}
