//! Running `vivarium report`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, str};

use tempfile::TempDir;

/// A folder for recordings, and the command that reads them there.
pub(crate) struct Reports {
    folder: TempDir,
}

impl Reports {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the file can be written");
        path
    }

    /// The command that reports on a file.
    pub(crate) fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vivarium"));
        command.arg("report").arg(file).env_remove("NO_COLOR");
        command
    }
}

/// Runs it: its exit status, its output and its messages.
pub(crate) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the command can be run");
    let text = |bytes: &[u8]| str::from_utf8(bytes).expect("UTF-8").to_owned();
    (status.code(), text(&stdout), text(&stderr))
}
