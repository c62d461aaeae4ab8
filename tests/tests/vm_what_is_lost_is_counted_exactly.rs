//! While the observer sleeps the ring buffer fills up. What doesn't fit is counted, per kind and exactly, and the verdict
//! says so.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use serde_json::Value;
use vivarium_tests::observation::{Observation, is_guest, may_observe, subject};

const FILE: &str = "/dev/null";

fn opener(times: u64, threads: u64) -> [String; 4] {
    [subject("opener"), FILE.to_owned(), times.to_string(), threads.to_string()]
}

/// How often `path_open` was counted as each of these.
#[derive(Debug, PartialEq)]
struct Opens {
    seen: u64,
    submitted: u64,
    dropped: u64,
}

impl Opens {
    fn of(summary: &Value) -> Self {
        let counts = summary["counts"].as_array().expect("counts");
        let counts = counts.iter().find(|counts| counts["counter"] == "path_open").expect("opens are counted");
        let number = |name: &str| counts[name].as_u64().unwrap_or_else(|| panic!("no {name} in {summary}"));
        Self { seen: number("seen"), submitted: number("submitted"), dropped: number("dropped") }
    }
}

fn signal(child: &Child, signal: libc::c_int) {
    let pid = libc::pid_t::try_from(child.id()).expect("a pid");
    // SAFETY: our own child, which we haven't waited for.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "the signal can be sent");
}

#[test]
fn what_is_dropped_while_the_reader_sleeps_is_counted_exactly() {
    if !may_observe() {
        return;
    }
    let times = if is_guest() { 4_000 } else { 50_000 };
    let few = Observation::of(&[], &opener(1, 1));
    let beside = Opens::of(few.summary()).seen - 1;

    let directory = tempfile::tempdir().expect("a temporary directory");
    let report = directory.path().join("report.jsonl");
    let mut vivarium = Observation::command(&["--strict", "--ring-size", "256K"], &report, &opener(times, 1))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("vivarium starts");
    let mut printed = BufReader::new(vivarium.stdout.take().expect("its output")).lines();
    let mut next = || printed.next().expect("the program goes on").expect("its output is text");
    assert_eq!(next(), "ready");
    signal(&vivarium, libc::SIGSTOP);
    vivarium.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    assert_eq!(next(), "done");
    signal(&vivarium, libc::SIGCONT);
    let status = vivarium.wait().expect("vivarium ends");

    let text = std::fs::read_to_string(&report).expect("a report");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let summary = lines.last().expect("a summary");
    let opens = Opens::of(summary);
    let received = lines.iter().filter(|line| line["type"] == "event" && line["kind"] == "path_open").count() as u64;
    assert_eq!(opens.seen, times + beside, "every open was counted");
    assert_eq!(opens.submitted + opens.dropped, opens.seen, "each was submitted or dropped");
    assert_eq!(received, opens.submitted, "what was submitted arrived");
    assert!(opens.dropped > 0, "the ring was too small to hold them all: {opens:?}");
    assert_eq!(summary["verdict"], "incomplete", "{summary}");
    assert_eq!(status.code(), Some(3), "--strict says so by the exit code");
}
