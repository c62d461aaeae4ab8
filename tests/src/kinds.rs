//! Deeds of the program `kinds`, and the events that each must be seen as.

use std::collections::BTreeSet;

use serde_json::Value;
use vivarium_sys::event::{Backend, EventKind, EventSpec};

use crate::observation::{self, Observation};

/// An event that is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its fields, all of them.
    pub fields: Value,
    /// What comes of it.
    pub outcome: Outcome,
    /// For how many it stands, where those of its kind are counted.
    pub count: Option<u64>,
}

/// What comes of something.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It goes well, or nothing is known.
    Fine,
    /// It fails, with this error.
    Error(String),
    /// Some kernels do it, others refuse.
    Any,
}

/// What is to be seen of one kind in one deed: these events, in this order, and no others.
#[derive(Clone, Debug)]
pub struct Expected {
    deed: &'static str,
    kind: &'static str,
    events: Vec<Event>,
}

impl Expected {
    /// The kind of event.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }
}

/// In this deed, these events of this kind are to be seen.
#[must_use]
pub fn seen<const N: usize>(deed: &'static str, kind: &'static str, fields: [Value; N]) -> Expected {
    let events = fields.into_iter().map(|fields| Event { fields, outcome: Outcome::Fine, count: None }).collect();
    Expected { deed, kind, events }
}

/// In this deed, these events of this kind are to be seen, whether the kernel does what is asked or refuses.
#[must_use]
pub fn whatever_comes_of_it<const N: usize>(deed: &'static str, kind: &'static str, fields: [Value; N]) -> Expected {
    let events = fields.into_iter().map(|fields| Event { fields, outcome: Outcome::Any, count: None }).collect();
    Expected { deed, kind, events }
}

/// In this deed, so many events of this kind, each with its error, are to be told at once.
#[must_use]
pub fn counted<const N: usize>(
    deed: &'static str,
    kind: &'static str,
    events: [(u64, Value, Option<&str>); N],
) -> Expected {
    let event = |(count, fields, error): (u64, Value, Option<&str>)| Event {
        fields,
        outcome: error.map_or(Outcome::Fine, |error| Outcome::Error(error.to_owned())),
        count: Some(count),
    };
    Expected { deed, kind, events: events.into_iter().map(event).collect() }
}

/// In this deed, something of this kind fails, which only system calls tell.
#[must_use]
pub fn failed(deed: &'static str, kind: &'static str, fields: Value, error: &str) -> Expected {
    let is_seen = backend() == Backend::Syscalls;
    let events = is_seen.then(|| Event { fields, outcome: Outcome::Error(error.to_owned()), count: None });
    Expected { deed, kind, events: events.into_iter().collect() }
}

/// In this deed, something of this kind fails, after the hooks were asked.
#[must_use]
pub fn refused(deed: &'static str, kind: &'static str, fields: Value, error: &str) -> Expected {
    Expected { deed, kind, events: vec![Event { fields, outcome: Outcome::Error(error.to_owned()), count: None }] }
}

/// The backend that is tested.
///
/// # Panics
/// When the harness names one that doesn't exist.
#[must_use]
pub fn backend() -> Backend {
    let name = observation::backend();
    Backend::ALL.into_iter().find(|backend| backend.name() == name).expect("a backend")
}

/// A set of bits, as JSON.
#[must_use]
pub fn bits(value: impl Into<i64>, names: &[&str]) -> Value {
    serde_json::json!({ "value": value.into(), "names": names })
}

/// One of several numbers, as JSON.
#[must_use]
pub fn one_of(value: impl Into<i64>, name: &str) -> Value {
    serde_json::json!({ "value": value.into(), "name": name })
}

/// Permissions, as JSON.
#[must_use]
pub fn mode(value: u32) -> Value {
    serde_json::json!({ "value": value, "octal": format!("{value:04o}") })
}

/// A deed, as the program lists it.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The family, as `kinds` takes it.
    pub family: String,
    /// The marked function.
    pub name: String,
    /// The kind of event that it is there for.
    pub kind: String,
}

/// All deeds.
///
/// # Panics
/// When the program doesn't list them.
#[must_use]
pub fn deeds() -> Vec<Deed> {
    let mut list = std::process::Command::new(observation::subject("kinds"));
    let output = crate::tool::run(list.arg("list"));
    let text = crate::tool::printed(&output.stdout);
    let deed = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_else(|| panic!("half a deed: {line}"));
        Deed { family: word(), name: word(), kind: word() }
    };
    text.lines().map(deed).collect()
}

/// The row of a kind.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn spec(kind: &str) -> &'static EventSpec {
    EventKind::from_name(kind).and_then(EventKind::spec).unwrap_or_else(|| panic!("there is no kind {kind}"))
}

/// Whether functions are missing of a program that was executed from memory, where nothing can be held.
fn is_of_memory(missing: &Value) -> bool {
    missing["missing"] == "functions" && missing["why"].as_str().is_some_and(|why| why.contains("/memfd:"))
}

/// Holds what was observed of a family against what is expected.
///
/// # Panics
/// Where they differ, or a deed of the family has no expectation.
pub fn check(observation: &Observation, family: &str, expected: &[Expected]) {
    assert!(observation.status.success(), "{}\n{}", observation.status, observation.stderr);
    let summary = observation.summary();
    let all: String = observation.lines.iter().map(|line| format!("{line}\n")).collect();
    let missing = summary["missing"].as_array().expect("a list of what is missing");
    assert!(missing.iter().all(is_of_memory), "{missing:?} {all}{}", observation.stderr);
    let mut differences = Vec::new();
    for Expected { deed, kind, events } in expected {
        let visible = spec(kind).sight(backend()).is_some() && !is_lacking(kind);
        let wanted: &[Event] = if visible { events } else { &[] };
        let found: Vec<_> = observation.events(kind).filter(|line| line["site"]["name"] == *deed).collect();
        let shown = || {
            found
                .iter()
                .map(|line| format!("\n    {} {} ×{}", line["fields"], line["result"], line["count"]))
                .collect::<String>()
        };
        let same = found.len() == wanted.len() && found.iter().zip(wanted).all(|(line, event)| is(line, event));
        if !same {
            let wanted: String = wanted
                .iter()
                .map(|event| format!("\n    {} {:?} ×{:?}", event.fields, event.outcome, event.count))
                .collect();
            differences.push(format!("{deed}: {kind}\n  expected{wanted}\n  found{}", shown()));
        }
    }
    assert!(differences.is_empty(), "\n{}\n{}", differences.join("\n"), observation.stderr);
    let asked = observation.lines[0]["kinds"].as_array().expect("a list of kinds");
    let is_asked = |row: &&EventSpec| asked.iter().any(|kind| kind == row.name);
    for row in EventKind::all().filter(|row| row.category.name() == family).filter(is_asked) {
        assert_eq!(said_gap(&observation.lines[0]["not_visible"], row.name), gap(row, backend()), "{}", row.name);
        assert!(deeds().iter().any(|deed| deed.kind == row.name), "no deed is there for {}", row.name);
        let notes = summary["notes"].as_array().expect("a list of notes");
        let is_said = notes.iter().any(|note| says_lacking(note, row.name));
        assert_eq!(is_said, is_lacking(row.name), "{}: {notes:?}", row.name);
    }
    let covered: BTreeSet<_> = expected.iter().map(|expected| (expected.deed, expected.kind)).collect();
    for deed in deeds().iter().filter(|deed| deed.family == family) {
        assert!(covered.contains(&(&*deed.name, &*deed.kind)), "nothing is expected of {deed:?}");
    }
}

/// Whether the kernel lacks what the backend that is tested would see this kind by.
#[must_use]
pub fn is_lacking(kind: &str) -> bool {
    let by_event = kind == "capable_check" && backend() == Backend::Syscalls;
    by_event && !std::path::Path::new("/sys/kernel/tracing/events/capability/cap_capable").exists()
}

/// Whether these words say that the kernel lacks what this kind is seen by.
#[must_use]
pub fn says_lacking(words: &Value, kind: &str) -> bool {
    words.as_str().is_some_and(|words| words.starts_with(&format!("{kind} is not seen: this kernel has no ")))
}

/// What a backend can't see of a kind, as the table has it: nothing, this, or all of it.
#[must_use]
pub fn gap(row: &EventSpec, backend: Backend) -> Option<Value> {
    match row.sight(backend) {
        None => Some(Value::Null),
        Some(sight) if sight.gap.is_empty() => None,
        Some(sight) => Some(sight.gap.into()),
    }
}

/// The same, as a list of gaps in JSON has it.
///
/// # Panics
/// When it isn't such a list.
#[must_use]
pub fn said_gap(list: &Value, kind: &str) -> Option<Value> {
    let gaps = list.as_array().expect("a list of gaps");
    gaps.iter().find(|gap| gap["kind"] == kind).map(|gap| gap["what"].clone())
}

/// Whether a line is this event, in the innermost function.
fn is(line: &Value, event: &Event) -> bool {
    let error = line["result"]["error"]["name"].as_str();
    let is_outcome = match &event.outcome {
        Outcome::Fine => error.is_none(),
        Outcome::Error(expected) => error == Some(expected),
        Outcome::Any => true,
    };
    line["fields"] == event.fields && is_outcome && line["count"].as_u64() == event.count
}

/// What the program printed about this.
///
/// # Panics
/// When it didn't.
#[must_use]
pub fn printed<'o>(observation: &'o Observation, about: &str) -> &'o str {
    let said = observation.stdout.lines().find_map(|line| line.strip_prefix(about)?.strip_prefix(' '));
    said.unwrap_or_else(|| panic!("nothing is said of {about}: {}", observation.stdout))
}

/// The process that was made in this deed.
///
/// # Panics
/// When there was none.
#[must_use]
pub fn child(observation: &Observation, deed: &str) -> u64 {
    let mut forks = observation.events("proc_fork").filter(|line| line["site"]["name"] == deed);
    let fork = forks.next().unwrap_or_else(|| panic!("nothing was made in {deed}"));
    fork["fields"]["child"].as_u64().expect("a process")
}

/// The process of the program.
///
/// # Panics
/// When the session doesn't tell.
#[must_use]
pub fn program(observation: &Observation) -> u64 {
    observation.lines[0]["pid"].as_u64().expect("the session has a process")
}
