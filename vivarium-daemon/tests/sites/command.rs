//! Running `vivarium sites`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// The command, about to be given its arguments.
pub(crate) fn vivarium() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vivarium"));
    command.arg("sites");
    command
}

/// Copies the command to where everyone can reach it. Another process does, so that none that a test makes meanwhile has the
/// copy open for writing: nobody could execute it then.
pub(crate) fn copy_vivarium(to: &Path) {
    let status = Command::new("cp").arg(env!("CARGO_BIN_EXE_vivarium")).arg(to).status().unwrap();
    assert!(status.success(), "{status}");
}

/// What the command wrote on standard output; it must succeed, and have nothing to complain about.
#[track_caller]
pub(crate) fn listed(arguments: &[impl AsRef<OsStr>]) -> String {
    let output = vivarium().args(arguments).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    text(&output.stdout)
}

/// What the command wrote with `--json`.
#[track_caller]
pub(crate) fn listed_json(path: &Path) -> serde_json::Value {
    let json = listed(&[OsStr::new("--json"), path.as_os_str()]);
    serde_json::from_str(&json).expect("the output is JSON")
}

/// The one line with which the command refuses the file.
#[track_caller]
pub(crate) fn refused(path: &Path) -> String {
    let complaint = complaint(&vivarium().arg(path).output().unwrap());
    let prefix = format!("vivarium: {}: ", vivarium_session::text::Text::from(path));
    complaint.strip_prefix(&prefix).unwrap_or_else(|| panic!("{complaint:?} names the file")).to_owned()
}

/// The one line of a command that ended with the status of bad input and wrote nothing else.
#[track_caller]
pub(crate) fn complaint(output: &Output) -> String {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(text(&output.stdout), "");
    let line = stderr.strip_suffix('\n').expect("the line ends");
    assert!(!line.is_empty() && !line.contains('\n'), "{stderr:?} is one line");
    line.to_owned()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the output is UTF-8")
}

/// Tells why a test does nothing here.
pub(crate) fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}
