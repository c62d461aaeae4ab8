//! However the daemon ends, its clients tell at once that something is missing, and what they observed goes on.

use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vivarium_tests::daemon::{Attached, Daemon, USER};
use vivarium_tests::observation::{Observation, is_guest, may_observe};
use vivarium_tests::tool::printed;
use vivarium_tests::waiting::Waiting;

/// How long it may take until clients have told of a daemon that was killed. On emulated processors that share those of a busy
/// machine everything takes many times as long.
fn at_once() -> Duration {
    Duration::from_secs(if is_guest() { 2 } else { 1 })
}

/// Who observes when the daemon ends: `vivarium attach`, and a program that observes itself.
struct Clients {
    attached: Attached,
    subject: Waiting,
    itself: Waiting,
}

impl Clients {
    fn begin(daemon: &Daemon) -> Self {
        let [opener, sessions] = ["opener", "sessions"].map(|name| daemon.installed("vivarium-programs", name));
        let subject = Waiting::start(&mut daemon.command(USER, &[&opener, "/dev/null", "10", "1"]));
        let attached = Attached::begin(daemon, USER, &["--strict", "--pid", &subject.pid().to_string()]);
        let mut itself = daemon.command(USER, &[&sessions, "waits", "/dev/zero", "/dev/full"]);
        let itself = Waiting::start(itself.env_remove("VIVARIUM").stderr(Stdio::piped()));
        Self { attached, subject, itself }
    }
}

fn attach_told(seen: &Observation, why: &str) {
    assert_eq!(seen.status.code(), Some(3), "{} {}", seen.stderr, seen.summary());
    assert_eq!(seen.summary()["verdict"], "incomplete", "{}", seen.summary());
    assert!(seen.summary()["missing"].to_string().contains(why), "{}", seen.summary());
}

fn session_told(output: &Output, why: &str) -> String {
    assert!(output.status.success() && output.stdout == b"done\n", "it goes on: {output:?}");
    let report = printed(&output.stderr);
    assert!(report.contains("incomplete: ") && report.contains(why), "{report}");
    report
}

#[test]
fn clients_are_told_that_the_daemon_ends() {
    if !may_observe() {
        return;
    }
    // Both load at once, and nothing is loaded any more when time counts.
    let other = thread::spawn(Daemon::start);
    let daemon = Daemon::start();
    let other = other.join().expect("another one starts");
    one_that_is_told_to_end_says_what_it_saw_until_then(daemon);
    one_that_is_killed_is_missed_within_a_second(&other);
}

fn one_that_is_told_to_end_says_what_it_saw_until_then(daemon: Daemon) {
    let clients = Clients::begin(&daemon);
    daemon.signal(libc::SIGTERM);
    attach_told(&clients.attached.end(), "vivariumd was told to end");
    let report = session_told(&clients.itself.let_go(), "vivariumd was told to end");
    assert_eq!(clients.subject.let_go().stdout, b"done\n", "it goes on");
    let (status, log) = daemon.end();
    assert!(status.success(), "{status}: {log}");
    assert!(report.contains("/dev/zero") && !report.contains("/dev/full"), "{report}");
}

fn one_that_is_killed_is_missed_within_a_second(daemon: &Daemon) {
    let clients = Clients::begin(daemon);
    let killed = Instant::now();
    daemon.signal(libc::SIGKILL);
    let attached = clients.attached.end();
    let by_attach = killed.elapsed();
    let itself = clients.itself.let_go();
    let by_both = killed.elapsed();
    attach_told(&attached, "vivariumd went away");
    session_told(&itself, "vivariumd went away");
    println!("told after {by_attach:?} by `vivarium attach`, and after {by_both:?} by both");
    assert!(by_both < at_once(), "{by_both:?}");
    assert_eq!(clients.subject.let_go().stdout, b"done\n", "it goes on");
}
