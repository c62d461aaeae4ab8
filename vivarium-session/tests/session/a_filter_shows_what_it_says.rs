use serde_json::Value;
use vivarium_session::filter::Filter;
use vivarium_session::record::{Pid, Tid};
use vivarium_session::recording::{Reader, replay_as};
use vivarium_session::session::Brevity;
use vivarium_session::sink::{Jsonl, Look, Tree};
use vivarium_sys::event::Severity;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{of_type, recording};
use crate::support::places::Site;
use crate::support::tour::tour;

const WORKER: u32 = 4243;
const HELPER: u32 = 4250;

fn show(kernel: &Kernel, filter: Filter) -> (Vec<Value>, String) {
    let recording = recording(kernel);
    let (mut lines, mut tree) = (Vec::new(), Vec::new());
    let reader = Reader::new(&recording[..]).expect("a recording");
    let sinks: Vec<Box<dyn vivarium_session::sink::Sink + '_>> =
        vec![Box::new(Jsonl::new(&mut lines)), Box::new(Tree::new(&mut tree, Look::plain()))];
    replay_as(reader, Some(filter), Brevity::default(), sinks).expect("a recording");
    let lines = lines.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
    (lines, String::from_utf8(tree).expect("UTF-8"))
}

/// The kinds and paths of the events that are shown.
fn shown(kernel: &Kernel, filter: Filter) -> Vec<String> {
    let (lines, _) = show(kernel, filter);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = of_type(&lines, "event");
    events
        .iter()
        .map(|event| format!("{} {}", word(&event["kind"]), word(&event["fields"]["path"])).trim().to_owned())
        .collect()
}

#[test]
fn by_kind() {
    assert_eq!(shown(&tour(), Filter::default().events(["@net"]).unwrap()), ["sock_connect"]);
    let opens = ["path_open /lib/x86_64-linux-gnu/libc.so.6", "path_open /etc/hosts", "path_open /etc/passwd"];
    assert_eq!(shown(&tour(), Filter::default().events(["path_*"]).unwrap()), opens);
}

#[test]
fn by_severity() {
    let mut kernel = tour();
    kernel.appear(ROOT, ROOT, "tour");
    kernel.event(ROOT, vivarium_sys::event::EventKind::SETID_CHANGE, &[0; 6], &[]);
    assert_eq!(shown(&kernel, Filter::default().severity(Severity::High)), ["setid_change"]);
}

#[test]
fn by_path() {
    assert_eq!(
        shown(&tour(), Filter::default().path("/etc/**").unwrap()),
        ["path_open /etc/hosts", "path_open /etc/passwd"]
    );
}

#[test]
fn by_span_also_when_that_is_over_for_what_was_begun_deeper_in_it() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.forks(ROOT, HELPER);
    kernel.leave(ROOT, 0x11);
    kernel.leave(ROOT, 0x10);
    kernel.executes(HELPER, "/bin/other", &["other"]);
    kernel.forks(HELPER, WORKER);
    kernel.exits(HELPER, 0);
    kernel.opens(WORKER, "/inherited");
    for pattern in ["parse", "load_config"] {
        let filter = Filter::default().events(["path_open"]).unwrap().span(pattern).unwrap();
        assert_eq!(shown(&kernel, filter), ["path_open /inherited"], "{pattern}");
    }
}

#[test]
fn by_span_with_all_that_is_inside() {
    let mut kernel = Kernel::new();
    kernel.opens(ROOT, "/outside");
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.opens(ROOT, "/in");
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/deeper");
    kernel.spawns(ROOT, WORKER);
    kernel.opens(WORKER, "/inherited");
    kernel.leave(ROOT, 0x11);
    kernel.leave(ROOT, 0x10);
    kernel.enter(ROOT, Site::STEP, 0x12);
    kernel.opens(ROOT, "/elsewhere");
    kernel.leave(ROOT, 0x12);
    let paths = |pattern| shown(&kernel, Filter::default().events(["path_open"]).unwrap().span(pattern).unwrap());
    let inside = ["path_open /in", "path_open /deeper", "path_open /inherited"];
    assert_eq!(paths("load_*"), inside);
    assert_eq!(paths("tour::load_config"), inside);
    assert_eq!(paths("parse"), inside[1..]);
    assert!(paths("pars").is_empty());
}

#[test]
fn by_process_and_by_thread() {
    assert_eq!(
        shown(&tour(), Filter::default().events(["@file"]).unwrap().pid(Pid(HELPER))),
        ["path_open /etc/passwd"]
    );
    assert!(shown(&tour(), Filter::default().tid(Tid(WORKER))).is_empty());
}

#[test]
fn what_is_not_shown_is_not_lost() {
    let (lines, tree) = show(&tour(), Filter::default().events(["@net"]).unwrap());
    let summary = &of_type(&lines, "summary")[0];
    assert_eq!(summary["verdict"], "complete");
    assert_eq!((&summary["events"], &summary["lost"]), (&1.into(), &0.into()));
    assert_eq!(summary["hidden"], 10 - 1);
    assert_eq!(lines[0]["filter"]["chosen"], serde_json::json!(["@net"]));
    assert!(tree.contains("complete: 1 event, 0 lost · filter: -e @net (9 more not shown)"), "{tree}");
}

#[test]
fn processes_are_followed_when_their_lives_are_not_shown() {
    let (lines, tree) = show(&tour(), Filter::default().path("/etc/passwd").unwrap());
    assert_eq!(of_type(&lines, "process").len(), 6);
    // The helper is where it belongs, and spans in which nothing is shown are left out.
    assert!(tree.contains("spawn_helper") && tree.contains("[4250 sh]"), "{tree}");
    assert!(!tree.contains("proc_exec") && !tree.contains("load_config"), "{tree}");
    let (_, tree) = show(&tour(), Filter::default().events(["sock_connect"]).unwrap());
    assert!(tree.contains("load_config") && !tree.contains("[4250 sh]"), "{tree}");
}

#[test]
fn a_filter_is_kept_with_its_recording() {
    let filter = Filter::default().events(["path_open"]).unwrap().path("/etc/*").unwrap();
    let mut output = Vec::new();
    let kernel = tour();
    let info = crate::support::observation::info().filtered(filter);
    record(info, &mut output, &kernel);
    let replayed = |asked: Option<Filter>| {
        let mut tree = Vec::new();
        let reader = Reader::new(&output[..]).expect("a recording");
        replay_as(reader, asked, Brevity::default(), vec![Box::new(Tree::new(&mut tree, Look::plain()))])
            .expect("whole");
        String::from_utf8(tree).expect("UTF-8")
    };
    let tree = replayed(None);
    assert!(tree.contains("filter: -e path_open --path /etc/*") && !tree.contains("libc.so.6"), "{tree}");
    // All that was recorded is there for another one.
    let tree = replayed(Some(Filter::default().path("*.so.*").unwrap()));
    assert!(tree.contains("libc.so.6") && tree.contains("recorded with -e path_open"), "{tree}");
}

#[test]
fn what_the_backend_does_not_see_is_named_of_what_is_asked_for() {
    let wide = Filter::default().events(["path_open", "file_unlink", "proc_fork"]).unwrap();
    let mut output = Vec::new();
    record(crate::support::observation::info().filtered(wide), &mut output, &tour());
    let replayed = |kind: &str| {
        let mut tree = Vec::new();
        let reader = Reader::new(&output[..]).expect("a recording");
        let asked = Filter::default().events([kind]).unwrap();
        replay_as(reader, Some(asked), Brevity::default(), vec![Box::new(Tree::new(&mut tree, Look::plain()))])
            .expect("whole");
        String::from_utf8(tree).expect("UTF-8")
    };
    let tree = replayed("file_unlink");
    assert!(
        tree.ends_with("backend lsm does not see all of file_unlink (`vivarium events KIND` says what)\n"),
        "{tree}"
    );
    let tree = replayed("proc_fork");
    assert!(!tree.contains("does not see"), "{tree}");
}

/// Records a session of what this kernel tells.
fn record(info: vivarium_session::session::SessionInfo, output: &mut Vec<u8>, kernel: &Kernel) {
    let writer = Box::new(vivarium_session::recording::Writer::new(output));
    crate::support::observation::observe_as(info, Brevity::default(), kernel, vec![writer]);
}
