//! Sessions and fixtures of the library, in programs of ordinary users.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;
use vivarium_tests::tool::{is_installed, printed};

/// What came of a program.
#[derive(Debug)]
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// The reports on standard error, each from its heading on.
    fn reports(&self) -> Vec<&str> {
        let starts: Vec<_> = self.stderr.match_indices("vivarium · ").map(|(at, _)| at).collect();
        let ends = starts.iter().skip(1).copied().chain([self.stderr.len()]);
        starts.iter().zip(ends).map(|(start, end)| &self.stderr[*start..end]).collect()
    }

    fn only_report(&self) -> &str {
        let reports = self.reports();
        assert_eq!(reports.len(), 1, "{}", self.stderr);
        assert!(reports[0].contains("complete: ") && !reports[0].contains("incomplete: "), "{}", self.stderr);
        reports[0]
    }
}

/// A daemon, and the program with its files, where every user finds them.
struct Place {
    files: TempDir,
    daemon: Arc<Daemon>,
    words: [String; 3],
}

impl Place {
    fn new() -> Self {
        let daemon = Daemon::shared();
        let program = daemon.installed("vivarium-programs", "sessions");
        let files = tempfile::tempdir_in(daemon.folder()).expect("a folder");
        fs::set_permissions(files.path(), fs::Permissions::from_mode(0o755)).expect("the folder is open to all");
        let [file, other] = ["first.txt", "second.txt"].map(|name| {
            let path = files.path().join(name);
            fs::write(&path, name).expect("it can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("all may read it");
            path.into_os_string().into_string().expect("a plain name")
        });
        Self { daemon, files, words: [program, file, other] }
    }

    fn command(&self, way: &str) -> Command {
        let [program, file, other] = &self.words;
        let mut command = self.daemon.command(USER, &[program, way, file, other]);
        command.env_remove("VIVARIUM").env_remove("VIVARIUM_FIXTURES").env_remove("RUST_BACKTRACE");
        command
    }

    fn run(&self, way: &str) -> Ran {
        ran(&mut self.command(way))
    }
}

fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("it starts");
    Ran { status: output.status.code(), stdout: printed(&output.stdout), stderr: printed(&output.stderr) }
}

/// The place of a user's session, unless the tests may not observe.
fn place() -> Option<Place> {
    may_observe().then(Place::new)
}

#[test]
fn what_it_did_is_reported_when_the_session_is_dropped() {
    let Some(place) = place() else { return };
    let ran = place.run("dropped");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
    let report = ran.only_report();
    assert!(report.contains("one ") && report.contains("first.txt"), "{report}");
    assert!(!report.contains("second.txt"), "it was over by then: {report}");
}

#[test]
fn what_it_did_is_reported_however_it_ends() {
    let Some(place) = place() else { return };
    for (way, status) in [("exits", 3), ("panics", 101)] {
        let ran = place.run(way);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(status), ""), "{ran:?}");
        let report = ran.only_report();
        assert!(report.contains("one ") && report.contains("first.txt"), "{way}: {report}");
        assert_eq!(ran.stderr.contains("as it should"), way == "panics", "{ran:?}");
    }
}

#[test]
fn a_closure_alone_is_reported_and_one_in_another_by_both() {
    let Some(place) = place() else { return };
    let ran = place.run("twice");
    let [first, second] = ran.reports()[..] else { panic!("{}", ran.stderr) };
    assert!(first.contains("first.txt") && !first.contains("second.txt"), "{first}");
    assert!(second.contains("second.txt") && !second.contains("first.txt"), "{second}");

    let ran = place.run("nested");
    let [inner, outer] = ran.reports()[..] else { panic!("{}", ran.stderr) };
    assert!(inner.contains("second.txt") && !inner.contains("first.txt"), "{inner}");
    assert!(outer.contains("first.txt") && outer.contains("second.txt"), "{outer}");
}

#[test]
fn sessions_of_two_threads_do_not_mix() {
    let Some(place) = place() else { return };
    let ran = place.run("at-once");
    let reports = ran.reports();
    assert_eq!(reports.len(), 2, "{}", ran.stderr);
    for (function, file) in [("one ", "first.txt"), ("another ", "second.txt")] {
        let of_it: Vec<_> = reports.iter().filter(|report| report.contains(function)).collect();
        let [report] = of_it[..] else { panic!("{}", ran.stderr) };
        assert_eq!(report.matches(".txt").count(), 1, "{report}");
        assert!(report.contains(file), "{report}");
    }
}

#[test]
fn a_child_is_seen_by_the_session_of_its_parent_and_reports_nothing() {
    let Some(place) = place() else { return };
    let ran = place.run("forks");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
    let report = ran.only_report();
    assert!(report.contains("first.txt") && report.contains("another ") && report.contains("second.txt"), "{report}");
}

#[test]
fn by_hand_it_is_told_what_happened_in_which_function() {
    let Some(place) = place() else { return };
    let ran = place.run("by-hand");
    assert_eq!(ran.stdout, "1 in Some(\"one\"), complete: true\ndone\n", "{ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_fixture_has_all_that_a_marked_program_does_which_it_executes() {
    let Some(place) = place() else { return };
    let opener = place.daemon.installed("vivarium-programs", "opener");
    let [program, file, _] = &place.words;
    let mut command = place.daemon.command(USER, &[program, "executes", &opener, file]);
    let ran = ran(command.env_remove("VIVARIUM").env("VIVARIUM_FIXTURES", "require"));
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
}

#[test]
fn what_a_session_leaves_behind_is_nothing_to_the_next_one() {
    let Some(place) = place() else { return };
    let required = |way| ran(place.command(way).env("VIVARIUM_FIXTURES", "require"));
    for (way, said) in
        [("again", "[1, 1, 1, 1]\ndone\n"), ("often", "done\n"), ("left", "in a function: [false]\ndone\n")]
    {
        let ran = required(way);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), said), "{way}: {ran:?}");
    }
}

#[test]
fn a_closure_that_is_deeper_than_the_kernel_follows_is_incomplete() {
    let Some(place) = place() else { return };
    let ran = ran(place.command("deep").env("VIVARIUM_FIXTURES", "require"));
    assert_eq!(ran.stdout, "10: 1 complete: true\n100: 0 complete: false\ndone\n", "{ran:?}");
}

#[test]
fn a_fixture_holds_a_closure_against_what_is_expected_of_it() {
    let Some(place) = place() else { return };
    let fixture = |way| ran(place.command(way).env("VIVARIUM_FIXTURES", "require"));
    let kept = fixture("fixture");
    assert_eq!((kept.status, kept.stdout.as_str()), (Some(0), "done\n"), "{kept:?}");
    let broken = fixture("fixture-fails");
    assert_eq!((broken.status, broken.stdout.as_str()), (Some(101), ""), "{broken:?}");
    assert!(broken.stderr.contains("first.txt"), "{}", broken.stderr);
}

#[test]
fn a_fixture_that_panics_is_recorded_and_replayed_all_the_same() {
    let Some(place) = place() else { return };
    let package = tempfile::tempdir_in(place.daemon.folder()).expect("a folder");
    fs::set_permissions(package.path(), fs::Permissions::from_mode(0o777)).expect("the folder is open to all");
    let fixture = |mode| {
        let mut command = place.command("fixture-panics");
        ran(command.env("VIVARIUM_FIXTURES", mode).env("CARGO_MANIFEST_DIR", package.path()))
    };
    let unrecorded = fixture("replay");
    assert!(unrecorded.stderr.contains("has no recording"), "{unrecorded:?}");
    for mode in ["record", "replay"] {
        let panicked = fixture(mode);
        assert_eq!(panicked.status, Some(101), "{panicked:?}");
        assert_eq!(panicked.stderr.matches("panicked at").count(), 1, "{panicked:?}");
        assert!(panicked.stderr.contains("as it should"), "{panicked:?}");
    }
}

#[test]
fn it_leaves_functions_out_and_takes_them_in_again() {
    let Some(place) = place() else { return };
    let ran = place.run("switches");
    let said = ran.stdout.lines().next().unwrap_or_default();
    assert!(said.starts_with("\"anothr\" names no site (did you mean another?)"), "{ran:?}");
    assert!(said.ends_with("complete: true"), "{ran:?}");
}

#[test]
fn turned_off_it_is_nothing() {
    let Some(place) = place() else { return };
    for way in ["dropped", "twice", "nested", "forks"] {
        let ran = ran(place.command(way).env("VIVARIUM", "off"));
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "done\n", ""), "{way}");
    }
}

#[test]
fn without_a_daemon_one_line_says_so_once() {
    let Some(place) = place() else { return };
    let nowhere = Path::new("/nowhere/vivariumd.sock");
    for way in ["dropped", "twice", "nested"] {
        let ran = ran(place.command(way).env("VIVARIUM_SOCKET", nowhere));
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "done\n"), "{way}");
        assert_eq!(ran.stderr.lines().count(), 1, "{way}: {}", ran.stderr);
        assert!(ran.stderr.contains("/nowhere/vivariumd.sock"), "{}", ran.stderr);
    }
    let ran = ran(place.command("by-hand").env("VIVARIUM_SOCKET", nowhere));
    assert!(ran.stdout.starts_with("error: ") && ran.stderr.is_empty(), "the error is the program's: {ran:?}");
}

#[test]
fn marks_alone_never_open_a_socket() {
    if !is_installed("strace", "strace") {
        return;
    }
    let Some(place) = place() else { return };
    let calls = |way: &str| {
        let trace = place.files.path().join(format!("{way}.strace"));
        let [program, file, other] = &place.words;
        let mut strace = Command::new("strace");
        strace.args(["-f", "-e", "trace=socket,socketpair,connect,openat", "-o"]).arg(&trace);
        let strace = strace.args([program, way, file, other]).env("VIVARIUM_SOCKET", place.daemon.socket());
        assert_eq!(ran(strace).status, Some(0));
        fs::read_to_string(trace).expect("what strace saw")
    };
    let alone = calls("marks-alone");
    assert!(alone.contains("first.txt") && !alone.contains("socket") && !alone.contains("connect"), "{alone}");
    assert!(calls("dropped").contains("connect("), "strace would have seen it");
}
