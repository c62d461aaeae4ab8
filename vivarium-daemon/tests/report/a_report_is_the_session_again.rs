use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::command::{Reports, run};
use crate::golden::{lines, recording, tree};

#[test]
fn as_a_tree_without_colour_in_a_pipe() {
    let reports = Reports::new();
    let file = reports.file("tour.recording", &recording("tour"));
    let (status, output, messages) = run(&mut reports.command(&file));
    assert_eq!((status, output, messages.as_str()), (Some(0), tree("tour"), ""));
}

#[test]
fn as_json_lines_into_a_file() {
    let reports = Reports::new();
    let file = reports.file("storm.recording", &recording("storm"));
    let to = reports.file("out.jsonl", &[b'x'; 1 << 20]);
    let (status, output, messages) = run(reports.command(&file).args(["--format", "jsonl", "-o"]).arg(&to));
    assert_eq!((status, output.as_str(), messages.as_str()), (Some(0), "", ""));
    assert_eq!(fs::read_to_string(&to).expect("the file is there"), lines("storm"));
}

#[test]
fn and_strict_about_what_is_missing() {
    let reports = Reports::new();
    for (name, expected) in [("tour", 0), ("storm", 3)] {
        let file = reports.file(name, &recording(name));
        let (status, output, _) = run(reports.command(&file).arg("--strict"));
        assert_eq!((status, output), (Some(expected), tree(name)), "{name}");
    }
}

#[test]
fn never_over_the_recording_itself() {
    let reports = Reports::new();
    let bytes = recording("tour");
    let file = reports.file("tour.recording", &bytes);
    let link = reports.path("link");
    fs::hard_link(&file, &link).expect("a link");
    let (status, _, message) = run(reports.command(&file).arg("-o").arg(&link));
    assert_eq!(status, Some(2));
    assert!(message.contains("is the recording itself"), "{message}");
    assert_eq!(fs::read(&file).expect("the file is there"), bytes);
}

#[test]
fn for_as_long_as_anyone_reads() {
    let reports = Reports::new();
    let file = reports.file("tour.recording", &recording("tour"));
    let mut reporter = reports.command(&file);
    reporter.args(["--format", "jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = reporter.spawn().expect("the command can be run");
    drop(running.stdout.take());
    let mut messages = String::new();
    running.stderr.take().expect("a pipe").read_to_string(&mut messages).expect("UTF-8");
    assert_eq!((running.wait().expect("it ends").code(), messages.as_str()), (Some(0), ""));
}
