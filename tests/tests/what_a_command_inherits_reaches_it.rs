//! The command has what vivarium was started with, also where vivarium itself needs something else.

use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use vivarium_tests::observation::{may_observe, program};

/// Lets a shell do this, whose `$0` is vivarium, in a directory of its own; gives the status, and what is in the file `said` then.
fn shell(script: &str) -> (Output, String) {
    let directory = TempDir::new().expect("a directory");
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(script).arg(program("vivarium-daemon", "vivarium")).current_dir(&directory);
    let output = shell.stdin(Stdio::null()).output().expect("a shell starts");
    (output, std::fs::read_to_string(directory.path().join("said")).unwrap_or_default())
}

#[test]
fn a_closed_stream_stays_closed() {
    if !may_observe() {
        return;
    }
    let tells = r#"'for n in 0 1 2; do [ -e /proc/$$/fd/$n ] && open="$open$n"; done; echo "open: $open" >said'"#;
    for (closes, open) in [("<&-", "12"), (">&-", "02"), ("2>&-", "01"), ("<&- >&- 2>&-", "")] {
        let (output, said) = shell(&format!(r#"exec "$0" run -o report -- /bin/sh -c {tells} {closes}"#));
        assert_eq!(said, format!("open: {open}\n"), "{closes} {output:?}");
        assert!(output.status.success(), "{closes} {output:?}");
    }
}

#[test]
fn a_write_to_a_closed_stream_fails() {
    if !may_observe() {
        return;
    }
    let (output, _) = shell(r#"exec "$0" run -o report -- /bin/echo hi >&-"#);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "/bin/echo: write error: Bad file descriptor\n");
}

#[test]
fn a_low_limit_of_open_files_stays_low() {
    if !may_observe() {
        return;
    }
    let (output, said) = shell(r#"ulimit -Sn 20; exec "$0" run -o report -- /bin/sh -c 'ulimit -Sn >said'"#);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(said, "20\n");
}

#[test]
fn a_limit_that_cannot_be_raised_is_told_of() {
    if !may_observe() {
        return;
    }
    for limit in [20, 40, 96] {
        let (output, said) = shell(&format!(r#"ulimit -n {limit}; exec "$0" run -- /bin/sh -c 'echo ran >said'"#));
        let messages = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_str()), (Some(125), ""), "{limit} {messages}");
        assert!(messages.contains("raise the limit") && messages.contains("`ulimit -n 256`"), "{limit} {messages}");
    }
}
