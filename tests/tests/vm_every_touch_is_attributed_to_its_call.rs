//! A program touches files that are named after the call that touches them, on many threads, in tasks that move between
//! workers, in panics, in forked and executed children. Not one touch may be attributed to another call.

use std::collections::HashMap;

use serde_json::Value;
use vivarium_tests::observation::{Observation, is_guest, may_observe, subject};

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

#[test]
fn every_touch_is_attributed_to_its_call() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = directory.path().to_str().expect("a plain name").to_owned();
    let program = subject("attribution");

    let calls = if is_guest() { "250" } else { "25000" };

    let seen = Observation::of(&["--strict", "--ring-size", "64M"], &[&*program, &files, calls, "32"]);
    assert!(seen.status.success(), "{}: {}", seen.status, seen.stderr);
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
    assert_eq!(found["path_open"], touches, "not every open was seen");
    assert_eq!(found["file_unlink"], touches, "not every unlink was seen");
    let events = found.values().sum::<usize>();
    assert!(events >= if is_guest() { 1000 } else { 100_000 }, "too little was seen to prove anything: {events}");
    println!("{events} events of {} calls, each in its own span", instances.len());
}
