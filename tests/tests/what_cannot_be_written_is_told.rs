//! A report that nobody reads changes nothing; one that cannot be written is told of, and the status says so.

use std::process::{Command, Output, Stdio};

use vivarium_tests::observation::{may_observe, program};

fn vivarium(options: &[&str], script: &str) -> Command {
    let mut vivarium = Command::new(program("vivarium-daemon", "vivarium"));
    vivarium.arg("run").args(options).args(["--", "/bin/sh", "-c", script]).stdin(Stdio::null());
    vivarium
}

fn run(options: &[&str], script: &str) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = vivarium(options, script).output().expect("vivarium starts");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn on_a_full_disk() {
    if !may_observe() {
        return;
    }
    for options in [["-o", "/dev/full"], ["--record", "/dev/full"]] {
        let (status, output, messages) = run(&options, "echo said");
        assert_eq!((status, output.as_str()), (Some(125), "said\n"), "{messages}");
        assert!(messages.contains("No space left on device"), "{messages}");
    }
}

#[test]
fn also_where_that_is_help() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("a full disk");
    for option in ["--help", "--version"] {
        let mut vivarium = Command::new(program("vivarium-daemon", "vivarium"));
        let output = vivarium.arg(option).stdout(full()).output().expect("vivarium starts");
        assert_eq!(output.status.code(), Some(125), "{option} {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("No space left on device"), "{option} {output:?}");
    }
}

#[test]
fn to_a_reader_that_has_gone_away() {
    if !may_observe() {
        return;
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = vivarium(&[], "exit 3").stderr(writer).status().expect("vivarium starts");
    assert_eq!(status.code(), Some(3));
}
