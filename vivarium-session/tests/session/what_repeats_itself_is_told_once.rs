use serde_json::{Value, json};
use vivarium_session::session::Brevity;
use vivarium_session::sink::{Jsonl, Live, Look};
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::TextLength;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, lines, observe_as, of_type, open_of, tree};
use crate::support::places::Site;
use crate::support::storm::storm;

const BRIEF: Brevity = Brevity { dedup: true, max_depth: None };

fn told(kernel: &Kernel) -> Vec<Value> {
    let mut output = Vec::new();
    observe_as(info(), BRIEF, kernel, vec![Box::new(Jsonl::new(&mut output))]);
    let lines = output.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

fn repeating() -> Kernel {
    let mut kernel = Kernel::new();
    kernel.opens(ROOT, "/again");
    for instance in [0x10, 0x11] {
        kernel.enter(ROOT, Site::LOAD_CONFIG, instance);
        for _ in 0..3 {
            kernel.opens(ROOT, "/again");
            kernel.opens(ROOT, if instance == 0x10 { "/first" } else { "/second" });
        }
        kernel.leave(ROOT, instance);
    }
    kernel.opens(ROOT, "/again");
    kernel
}

#[test]
fn in_its_span_with_a_count() {
    let lines = told(&repeating());
    assert_eq!(open_of(&lines, "/first")["count"], 3);
    assert_eq!(open_of(&lines, "/second")["count"], 3);
    let again = lines.iter().filter(|line| line["fields"]["path"] == "/again");
    let again: Vec<_> = again.map(|line| (line["span"].clone(), line["count"].clone())).collect();
    assert_eq!(again, [(json!(1), json!(3)), (json!(2), json!(3)), (json!(null), json!(2))]);
    assert_eq!(of_type(&lines, "summary")[0]["events"], 14, "each of them is an event");
}

#[test]
fn before_its_span_is_over() {
    let lines = told(&repeating());
    let place = |wanted: &dyn Fn(&Value) -> bool| lines.iter().position(wanted).expect("it is told");
    let event = place(&|line| line["fields"]["path"] == "/first");
    assert!(place(&|line| line["type"] == "span_start" && line["span"] == 1) < event);
    assert!(event < place(&|line| line["type"] == "span_stop" && line["span"] == 1));
}

#[test]
fn live_too() {
    let mut output = Vec::new();
    observe_as(info(), BRIEF, &repeating(), vec![Box::new(Live::new(&mut output, Look::plain()))]);
    let text = String::from_utf8(output).expect("UTF-8");
    assert_eq!(text.matches("/first").count(), 1);
    assert!(text.contains("/first  O_RDONLY  ×3"), "{text}");
}

#[test]
fn capability_checks_without_being_asked_for() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    for (capability, answer) in [(21, 0), (21, -libc::EPERM), (22, 0), (21, 0)] {
        kernel.raw_event(ROOT, EventKind::CAPABLE_CHECK, Some(answer), &[capability], &[]);
        kernel.opens(ROOT, "/again");
    }
    kernel.leave(ROOT, 0x10);
    let lines = lines(&kernel);
    let told = |kind: &str| -> Vec<_> { lines.iter().filter(|line| line["kind"] == kind).collect() };
    let checks: Vec<_> = told("capable_check")
        .iter()
        .map(|line| {
            (line["fields"]["capability"]["value"].clone(), line["result"]["value"].clone(), line["count"].clone())
        })
        .collect();
    assert_eq!(
        checks,
        [(json!(21), json!(0), json!(2)), (json!(21), json!(-1), json!(1)), (json!(22), json!(0), json!(1))]
    );
    assert_eq!(told("path_open").len(), 4, "others are told each time");
}

#[test]
fn whatever_a_program_leaves_behind_the_end_of_an_address() {
    let mut kernel = Kernel::new();
    for address in [b"\x01\0/run/x\0one", b"\x01\0/run/x\0two", b"\x01\0/run/y\0two"] {
        let length = TextLength { kept: address.len() as u32, whole: address.len() as u32 };
        kernel.raw_event(ROOT, EventKind::UNIX_CONNECT, Some(0), &[1, 1, 0], &[(address.as_slice(), length)]);
    }
    let lines = told(&kernel);
    let events = of_type(&lines, "event");
    let connections: Vec<_> = events.iter().map(|event| &event["fields"]["address"]["path"]).collect();
    assert_eq!(connections, ["/run/x", "/run/y"]);
    assert_eq!(events[0]["count"], 2);
}

#[test]
fn and_the_counts_add_up_to_all_events() {
    let kernel = storm();
    let sum: u64 = of_type(&told(&kernel), "event").iter().map(|event| event["count"].as_u64().unwrap_or(1)).sum();
    assert_eq!(sum, of_type(&lines(&kernel), "event").len() as u64);
}

#[test]
fn and_nothing_else_of_the_tree_changes() {
    let kernel = repeating();
    let mut output = Vec::new();
    let sink = vivarium_session::sink::Tree::new(&mut output, Look::plain());
    observe_as(info(), BRIEF, &kernel, vec![Box::new(sink)]);
    assert_eq!(String::from_utf8(output).expect("UTF-8"), tree(&kernel));
}
