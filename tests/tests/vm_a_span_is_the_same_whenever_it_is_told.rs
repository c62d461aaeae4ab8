//! That a span has started is told at once to those who read along, and to others with what happens in it or with its stop. Both
//! see the same spans, with the same in them, however they end.

use std::collections::HashMap;
use std::fs::File;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::Value;
use tempfile::TempDir;
use vivarium_tests::observation::{Observation, may_observe, subject};

/// Files for the program: one that it opens, and a pipe in which a process of it waits.
struct Files {
    folder: TempDir,
    /// Ends that process when it is dropped.
    _pipe: File,
}

impl Files {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let pipe = folder.path().join("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).expect("a pipe can be made");
        // Reading as well, so that nobody is waited for.
        let _pipe = File::options().read(true).write(true).open(&pipe).expect("it can be opened");
        Self { folder, _pipe }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).into_os_string().into_string().expect("a plain name")
    }
}

/// What is told of a span.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Span {
    name: String,
    parent: String,
    /// In which way it is in its parent.
    attribution: String,
    start: String,
    stop: String,
    events: Vec<String>,
    raises: usize,
}

/// All that is told of spans, in an order of its own.
fn spans(seen: &Observation) -> Vec<Span> {
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let mut spans: HashMap<u64, (Span, u64)> = HashMap::new();
    for line in &seen.lines {
        let Some(id) = line["span"].as_u64() else { continue };
        match line["type"].as_str() {
            Some("span_start") => {
                let parent = line["parent"].as_u64().map(|id| spans[&id].0.name.clone());
                let span = Span {
                    name: text(&line["site"]["name"]),
                    parent: parent.unwrap_or_default(),
                    attribution: text(&line["attribution"]),
                    start: text(&line["how"]),
                    stop: String::new(),
                    events: Vec::new(),
                    raises: 0,
                };
                let time = line["time"].as_u64().expect("a time");
                assert!(spans.insert(id, (span, time)).is_none(), "it starts twice: {line}");
            }
            Some("span_stop") => {
                let (span, started) = spans.get_mut(&id).unwrap_or_else(|| panic!("it never started: {line}"));
                span.stop += &text(&line["how"]);
                assert_eq!(line["elapsed"].as_u64(), line["time"].as_u64().map(|time| time - *started), "{line}");
            }
            Some("span_raise") => spans.get_mut(&id).expect("it has started").0.raises += 1,
            Some("event") => {
                let (span, started) = spans.get_mut(&id).unwrap_or_else(|| panic!("it has not started: {line}"));
                assert!(line["time"].as_u64() >= Some(*started), "it happened before: {line}");
                // What the program does besides, the allocator's way to memory for instance, is another matter.
                let kind = text(&line["kind"]);
                if ["path_open", "proc_fork", "proc_exec", "proc_exit", "task_kill"].contains(&kind.as_str()) {
                    span.events.push(kind);
                }
            }
            _ => {}
        }
    }
    let mut spans: Vec<_> = spans.into_values().map(|(span, _)| span).collect();
    spans.sort();
    spans
}

#[test]
fn a_span_is_the_same_whenever_it_is_told() {
    if !may_observe() {
        return;
    }
    let program = subject("endings");
    let told = [Observation::of::<String>, Observation::recorded].map(|way| {
        let files = Files::make();
        let (file, pipe) = (files.path("file"), files.path("pipe"));
        File::create(&file).expect("a file can be made");
        let seen = way(&["--strict"], &[program.clone(), file, pipe]);
        assert_eq!(seen.status.code(), Some(0), "{} {}", seen.summary(), seen.stderr);
        spans(&seen)
    });
    let [at_once, later] = told;
    assert_eq!(at_once, later);

    let count = |name: &str, stop: &str| later.iter().filter(|span| span.name == name && span.stop == stop).count();
    // Three, one, one at each depth, one in a thread and one in a process.
    assert_eq!(count("nothing", "returned"), 3 + 1 + 71 + 1 + 1, "{later:#?}");
    assert_eq!(count("panics", "panicked"), 1);
    for (name, stop) in [
        ("vanishes", "exited"),
        ("waits_to_be_killed", "exited"),
        ("executes", "executed"),
        ("stays", "unfinished"),
        ("something_between", "returned"),
        ("fails", "returned"),
    ] {
        assert_eq!(count(name, stop), 1, "{name}: {later:#?}");
    }
    let opened: Vec<_> = later.iter().filter(|span| span.events.contains(&"path_open".to_owned())).collect();
    assert!(opened.iter().any(|span| span.name == "something_between"), "{opened:?}");
    assert!(opened.iter().all(|span| span.name != "nothing"), "{opened:?}");
}
