//! A command that is none is refused as a shell refuses it, and nothing runs in its stead.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use tempfile::TempDir;
use vivarium_tests::observation::{may_observe, program};

/// The status that running a file with this content ends with, and what is said of it.
fn run(content: &[u8]) -> (Option<i32>, String) {
    let directory = TempDir::new().expect("a directory");
    let file = directory.path().join("file");
    fs::write(&file, content).expect("a file is written");
    fs::set_permissions(&file, Permissions::from_mode(0o755)).expect("it can be executed");
    let mut vivarium = Command::new(program("vivarium-daemon", "vivarium"));
    vivarium.args(["run", "-o", "report", "--", "./file"]).current_dir(&directory);
    let output = vivarium.output().expect("vivarium starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_is_no_program_and_no_script() {
    if !may_observe() {
        return;
    }
    for content in [&b"\x7fELF\nexit 3\n"[..], b"exit 3\0\n"] {
        let refused = "vivarium: ./file: is no program that this machine can execute\n".to_owned();
        assert_eq!(run(content), (Some(126), refused));
    }
}

#[test]
fn but_not_a_script_that_does_not_say_what_runs_it() {
    if !may_observe() {
        return;
    }
    assert_eq!(run(b"exit 3\n\0\0"), (Some(3), String::new()));
}
