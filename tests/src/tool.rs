//! Programs that others wrote and that may be missing here.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The file of a program, if it is installed.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}

/// Whether `program` can be tested with; if not, the person who runs the tests is told, although tests that pass say
/// nothing.
#[must_use]
pub fn is_installed(program: &str, package: &str) -> bool {
    let is_there = find(program).is_some();
    if !is_there {
        skip(&format!("`{program}` is not installed: `apt-get install {package}`"));
    }
    is_there
}

/// Whether the tests run as root; if not, the person who runs them is told.
#[must_use]
pub fn is_root() -> bool {
    // SAFETY: it has no preconditions.
    let is_root = unsafe { libc::geteuid() } == 0;
    if !is_root {
        skip("this needs root; run the tests with sudo");
    }
    is_root
}

/// Says that a test is skipped, past the test harness, which would keep it to itself.
pub fn skip(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // Where nobody can be told, nobody needs to be.
    let _ = writeln!(io::stderr(), "skipped {test}: {why}");
}

/// Runs a tool to its end.
///
/// # Panics
/// When it can't be run or fails.
#[must_use]
pub fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?} ended with {}:\n{}", output.status, printed(&output.stderr));
    output
}

/// Copies a program to where it is to be run.
///
/// Another process writes it: what this one forks while it writes would hold the file open for writing as well, and what
/// is written to can't be executed.
///
/// # Panics
/// When it can't be copied.
pub fn copy_program(from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) {
    let _ = run(Command::new("cp").arg(from).arg(to));
}

/// What a tool printed, as text.
#[must_use]
pub fn printed(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
