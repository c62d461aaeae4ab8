//! What `vivarium doctor` says of kinds that a backend can't see is what the table of events says.

use std::process::Command;

use serde_json::Value;
use vivarium_sys::event::{Backend, EventKind};
use vivarium_tests::kinds::{backend, gap, is_lacking, said_gap, says_lacking};
use vivarium_tests::observation::{may_observe, program};

#[test]
fn doctor_says_what_is_not_seen() {
    if !may_observe() {
        return;
    }
    let output = Command::new(program("vivarium-daemon", "vivarium")).args(["doctor", "--json"]).output();
    let output = output.expect("vivarium starts");
    let checkup: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let checks = checkup["backends"].as_array().expect("a list of backends");
    for one in Backend::ALL {
        let check = checks.iter().find(|check| check["backend"] == one.name()).expect("each backend");
        for row in EventKind::all() {
            assert_eq!(said_gap(&check["gaps"], row.name), gap(row, one), "{} by {}", row.name, one.name());
        }
        if one == backend() {
            assert_eq!(check["state"], "fine", "{check}");
            let lost = check["lost"].as_array().expect("a list of what is lost");
            let lacking: Vec<_> = EventKind::all().filter(|row| is_lacking(row.name)).collect();
            let is_said = lacking.iter().all(|row| lost.iter().any(|words| says_lacking(words, row.name)));
            assert!(is_said && lost.len() == lacking.len(), "this kernel takes every program but those: {lost:?}");
        }
    }
}
