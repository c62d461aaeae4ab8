//! A program touches files that are named after the call that touches them, on many threads, in tasks that move between
//! workers, in panics, in forked and executed children. Not one touch may be attributed to another call.
//!
//! Where tasks preempt each other the kernel skips programs of the backend `fentry`. It counts that, and so does the verdict:
//! there as many touches may be missing as it says, and no more.

use std::collections::HashMap;

use serde_json::Value;
use vivarium_tests::observation::{Observation, backend, is_guest, may_observe, subject};

/// What the name of a touched file says.
struct Touch<'a> {
    own: bool,
    function: &'a str,
    token: &'a str,
    parent: &'a str,
}

impl<'a> Touch<'a> {
    fn read(path: &'a str, directory: &str) -> Option<Self> {
        let name = path.strip_prefix(directory)?.strip_prefix('/')?;
        let mut parts = name.split(',');
        let mut part = || parts.next().expect("the names have five parts");
        Some(Self { own: part() == "own", function: part(), token: part(), parent: part() })
    }
}

/// How often the kernel skipped each program, as the verdict says. Only `fentry` may have any, and nothing else is missing.
fn skipped(seen: &Observation) -> HashMap<&str, u64> {
    let missing = seen.summary()["missing"].as_array().expect("a list");
    assert!(missing.is_empty() || backend() == "fentry", "{missing:?}");
    let skipped = missing.iter().map(|missing| {
        let said = missing["what"].as_str().and_then(|what| what.strip_prefix("the kernel skipped the BPF program "));
        let program =
            said.and_then(|said| said.split(',').next()).unwrap_or_else(|| panic!("more is missing: {missing}"));
        (program, missing["count"].as_u64().expect("a number"))
    });
    skipped.collect()
}

/// A way to observe a command.
type Way = fn(&[&str], &[String]) -> Observation;

#[test]
fn every_touch_is_attributed_to_its_call() {
    if may_observe() {
        observe(Observation::of);
    }
}

#[test]
fn so_it_is_where_starts_of_spans_are_held_back() {
    if may_observe() {
        observe(Observation::recorded);
    }
}

fn observe(way: Way) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = directory.path().to_str().expect("a plain name").to_owned();
    let program = subject("attribution");

    let calls = if is_guest() { "75" } else { "25000" };

    let seen = way(&["--strict", "--ring-size", "64M"], &[program, files.clone(), calls.to_owned(), "32".to_owned()]);
    let skipped = skipped(&seen);
    let expected = if skipped.is_empty() { 0 } else { 3 };
    assert_eq!(seen.status.code(), Some(expected), "{}: {}", seen.summary(), seen.stderr);
    let touches: usize = seen.stdout.trim().parse().expect("the program prints a number");

    let mut instances: HashMap<String, u64> = HashMap::new();
    let mut tokens: HashMap<u64, String> = HashMap::new();
    let mut parents: Vec<(String, u64)> = Vec::new();
    let mut found = HashMap::from([("path_open", 0), ("file_unlink", 0)]);
    for (kind, count) in &mut found {
        for event in seen.events(kind) {
            let path = event["fields"]["path"].as_str().expect("the paths are text");
            let Some(touch) = Touch::read(path, &files) else { continue };
            *count += 1;
            let span = event["span"].as_u64().unwrap_or_else(|| panic!("outside any span: {event}"));
            let first = instances.entry(touch.token.to_owned()).or_insert(span);
            assert_eq!(*first, span, "one call in two spans: {event}");
            let first = tokens.entry(span).or_insert_with(|| touch.token.to_owned());
            assert_eq!(first, touch.token, "two calls in one span: {event}");
            if touch.own {
                assert_eq!(event["site"]["name"], touch.function, "another function: {event}");
                let stack = event["stack"].as_array().expect("the stack is a list");
                assert_eq!(stack.last().and_then(Value::as_u64), Some(span), "the stack ends elsewhere: {event}");
                let above = stack.len().checked_sub(2).and_then(|at| stack[at].as_u64());
                if touch.parent != "0.0" {
                    let above = above.unwrap_or_else(|| panic!("nothing above: {event}"));
                    parents.push((touch.parent.to_owned(), above));
                }
            }
        }
    }
    for (token, span) in parents {
        assert_eq!(instances.get(&token), Some(&span), "called from another call than {token}");
    }
    for (kind, program) in [("path_open", "fentry_open"), ("file_unlink", "fentry_unlink")] {
        let unseen = touches - found[kind];
        let excused = skipped.get(program).copied().unwrap_or(0);
        assert!(unseen as u64 <= excused, "{unseen} of {kind} were not seen, {excused} were skipped");
    }
    let events = found.values().sum::<usize>();
    assert!(events >= if is_guest() { 1000 } else { 100_000 }, "too little was seen to prove anything: {events}");
    println!("{events} events of {} calls, each in its own span", instances.len());
}
