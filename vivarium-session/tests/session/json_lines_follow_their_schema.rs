use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use jsonschema::Validator;
use serde_json::Value;
use vivarium_session::filter::Filter;
use vivarium_session::record::Pid;
use vivarium_session::session::Brevity;
use vivarium_session::sink::Jsonl;
use vivarium_sys::event::{EventKind, EventSpec, FieldType, Severity, Source};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, lines, observe_as, of_type, recording, render, summary_of};
use crate::support::page::examples;
use crate::support::storm::storm;
use crate::support::tour::tour;

fn file() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/jsonl.schema.json");
    let text = fs::read_to_string(path).expect("the schema is there");
    serde_json::from_str(&text).expect("the schema is JSON")
}

fn schema() -> Validator {
    jsonschema::draft202012::new(&file()).expect("the schema is one")
}

#[track_caller]
fn assert_follows(schema: &Validator, line: &Value) {
    if let Err(error) = schema.validate(line) {
        panic!("{error}\nin {line:#}");
    }
}

#[test]
fn every_type_of_line_does() {
    let schema = schema();
    let all: Vec<_> = [tour(), storm()].iter().flat_map(lines).collect();
    all.iter().for_each(|line| assert_follows(&schema, line));
    for wanted in ["session", "process", "span_start", "span_stop", "span_raise", "event", "summary"] {
        assert!(!of_type(&all, wanted).is_empty(), "there is a {wanted}");
    }
}

#[test]
fn what_is_told_briefly_and_filtered_does() {
    let schema = schema();
    let brevity = Brevity { dedup: true, max_depth: Some(1) };
    let filter = Filter::default().exclude(["file_unlink"]).expect("a kind").path("/**").expect("a pattern");
    let filter = filter.span("*").expect("a pattern").pid(Pid(ROOT)).severity(Severity::Info);
    for info in [info(), info().filtered(filter)] {
        let mut output = Vec::new();
        observe_as(info, brevity, &storm(), vec![Box::new(Jsonl::new(&mut output))]);
        let lines = output.split_inclusive(|byte| *byte == b'\n');
        lines.for_each(|line| assert_follows(&schema, &serde_json::from_slice(line).expect("JSON")));
    }
}

#[test]
fn a_recording_that_breaks_off_does() {
    let whole = recording(&storm());
    let (_, _, lines) = render(&whole[..whole.len() - 1]).expect("a recording");
    let schema = schema();
    lines.lines().for_each(|line| assert_follows(&schema, &serde_json::from_str(line).expect("JSON")));
}

#[test]
fn all_that_can_be_missing_does() {
    let schema = schema();
    let mut told = BTreeSet::new();
    for (_, json) in examples().filter(|(frame, _)| *frame == "DONE") {
        let summary = summary_of(serde_json::from_str(json).expect("a conclusion"), &storm());
        assert_follows(&schema, &summary);
        let missing = summary["missing"].as_array().expect("a list");
        told.extend(missing.iter().map(|missing| missing["missing"].as_str().expect("a name").to_owned()));
    }
    let file = file();
    let names = file.pointer("/$defs/summary/properties/missing/items/properties/missing/enum");
    let names = names.and_then(Value::as_array).expect("the names").iter();
    let names: BTreeSet<_> = names.map(|name| name.as_str().expect("a name").to_owned()).collect();
    assert_eq!(told, names, "the page shows one of each");
}

#[test]
fn every_kind_of_event_does_with_each_field_and_with_none() {
    let schema = schema();
    let mut kernel = Kernel::new();
    for row in EventKind::all() {
        kernel.appear(ROOT, ROOT, "tour");
        let (numbers, texts) = something(row);
        let texts: Vec<_> = texts.iter().map(Vec::as_slice).collect();
        kernel.event(ROOT, row.kind, &numbers, &texts);
        kernel.appear(ROOT, ROOT, "tour");
        kernel.event(ROOT, row.kind, &[], &[]);
    }
    let events = of_type(&lines(&kernel), "event");
    assert_eq!(events.len(), 2 * EventKind::all().count());
    for row in EventKind::all() {
        // Those that are counted come later than the others.
        let pair: Vec<_> = events.iter().filter(|event| event["kind"] == row.name).collect();
        for event in &pair {
            assert_follows(&schema, event);
            let fields = event["fields"].as_object().expect("an object");
            assert_eq!(fields.keys().collect::<Vec<_>>(), sorted_names(row));
        }
        let [given, nothing] = pair[..] else { panic!("two of each") };
        for name in sorted_names(row) {
            assert!(!given["fields"][name].is_null(), "{}.{name} is told", row.name);
            assert!(nothing["fields"][name].is_null(), "{}.{name} is not known", row.name);
        }
    }
}

/// As the parser of JSON orders them.
fn sorted_names(row: &EventSpec) -> Vec<&str> {
    let mut names: Vec<_> = row.fields.iter().map(|field| field.name).collect();
    names.sort_unstable();
    names
}

/// What a client says to `example.com`, with which it would speak HTTP.
fn hello() -> Vec<u8> {
    let head = b"\x16\x03\x01\0\x55\x01\0\0\x51";
    let version_and_suites = [b"\x03\x03".as_slice(), &[7; 32], b"\0\0\x02\x13\x01\x01\0"].concat();
    let extensions = b"\0\x26\0\0\0\x10\0\x0e\0\0\x0bexample.com\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1";
    [head.as_slice(), &version_and_suites, extensions].concat()
}

/// Numbers and texts for all fields of a kind.
fn something(row: &EventSpec) -> (Vec<u64>, Vec<Vec<u8>>) {
    let (mut numbers, mut texts) = (vec![0; 8], vec![Vec::new(); 4]);
    for field in row.fields {
        match field.source {
            Source::Number(index) => numbers[usize::from(index)] = 1,
            Source::Text(index) => {
                texts[usize::from(index)] = match field.kind {
                    FieldType::Address => b"\x01\0/run/socket".to_vec(),
                    FieldType::ServerName | FieldType::Alpn => hello(),
                    _ => b"something".to_vec(),
                };
            }
        }
    }
    (numbers, texts)
}
