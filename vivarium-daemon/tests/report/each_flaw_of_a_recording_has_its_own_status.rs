use crate::command::{Reports, run};
use crate::golden::recording;

/// The status and the one line that the command says of a file with these bytes, and whether it shows anything.
fn report(bytes: &[u8]) -> (Option<i32>, String, bool) {
    let reports = Reports::new();
    let file = reports.file("file", bytes);
    let to = reports.path("report");
    let (status, output, message) = run(reports.command(&file).arg("-o").arg(&to));
    assert_eq!(output, "");
    assert_eq!(message.lines().count(), 1, "{message}");
    (status, message, to.exists())
}

#[test]
fn no_recording() {
    for bytes in [&b""[..], b"#!/bin/sh\n", b"\x89PNG\r\n\x1a\n and so on", &[0; 4096]] {
        let (status, message, shown) = report(bytes);
        assert_eq!((status, shown), (Some(4), false), "{message}");
        assert!(message.contains("this is no recording"), "{message}");
    }
}

#[test]
fn a_newer_version() {
    let mut bytes = recording("tour");
    bytes[8..12].copy_from_slice(&99_u32.to_le_bytes());
    let (status, message, shown) = report(&bytes);
    assert_eq!((status, shown), (Some(5), false), "{message}");
    assert!(message.contains("version 99") && message.contains("update vivarium"), "{message}");
}

#[test]
fn cut_short() {
    let whole = recording("tour");
    let (status, message, shown) = report(&whole[..whole.len() / 2]);
    assert_eq!((status, shown), (Some(6), true), "{message}");
    assert!(message.contains("ends before its session did"), "{message}");
}

#[test]
fn cut_before_there_was_anything() {
    let (status, message, shown) = report(&recording("tour")[..40]);
    assert_eq!((status, shown), (Some(6), false), "{message}");
    assert!(message.contains("nothing can be shown"), "{message}");
}

#[test]
fn damaged() {
    let mut bytes = recording("tour");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let (status, message, shown) = report(&bytes);
    assert_eq!((status, shown), (Some(6), true), "{message}");
    assert!(message.contains("is damaged"), "{message}");
}

#[test]
fn not_there() {
    let reports = Reports::new();
    let (status, _, message) = run(&mut reports.command(&reports.path("\x1b[31mnothing")));
    assert_eq!(status, Some(2));
    assert!(message.contains("No such file") && !message.contains('\x1b'), "{message}");
}

#[test]
fn no_place_for_the_report() {
    let reports = Reports::new();
    let file = reports.file("tour.recording", &recording("tour"));
    let (status, _, message) = run(reports.command(&file).args(["-o", "/nowhere/at/all"]));
    assert_eq!(status, Some(2));
    assert!(message.contains("cannot write to /nowhere/at/all: No such file"), "{message}");
}
