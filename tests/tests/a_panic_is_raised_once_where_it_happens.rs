//! `span_raise` with message, file and line, on the innermost span, and the panic itself as it was.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};

use vivarium_tests::observer::{What, observe};

fn caught<R>(part: impl FnOnce() -> R) -> Box<dyn Any + Send> {
    match catch_unwind(AssertUnwindSafe(part)) {
        Ok(_) => panic!("this was to panic"),
        Err(payload) => payload,
    }
}

#[vivarium::observe]
fn outer(part: impl FnOnce()) {
    inner(part);
}

#[vivarium::observe]
fn inner(part: impl FnOnce()) {
    part();
}

#[test]
fn the_innermost_span_tells_and_all_stop_by_panic() {
    let mut payload = None;
    let trace = observe(|| payload = Some(caught(|| outer(|| panic!("it is {}", 1 + 1)))));
    assert_eq!(
        trace,
        [
            "start outer #1",
            "start inner #2",
            "raise inner #2 panic \"it is 2\"",
            "stop inner #2 last panic",
            "stop outer #1 last panic",
        ]
    );
    let What::Raise { file, line, .. } = &trace.events[2].what else { panic!("the third event is the raise") };
    assert_eq!(file.as_str(), file!());
    assert_eq!(*line, line!() - 13);
    assert_eq!(payload.unwrap().downcast_ref::<String>().map(String::as_str), Some("it is 2"));
}

#[test]
fn a_panic_that_is_caught_inside_is_not_a_stop_by_panic() {
    let trace = observe(|| outer(|| drop(caught(|| panic!("caught")))));
    assert_eq!(
        trace,
        [
            "start outer #1",
            "start inner #2",
            "raise inner #2 panic \"caught\"",
            "stop inner #2 last",
            "stop outer #1 last",
        ]
    );
}

#[test]
fn a_panic_that_is_resumed_is_not_raised_again() {
    let trace = observe(|| {
        drop(caught(|| {
            outer(|| {
                let payload = caught(|| panic!("once"));
                resume_unwind(payload)
            });
        }));
    });
    assert_eq!(trace.lines().iter().filter(|line| line.starts_with("raise")).count(), 1);
    assert_eq!(trace.lines().last().map(String::as_str), Some("stop outer #1 last panic"));
}

#[test]
fn a_payload_that_is_no_text_is_told_as_the_standard_library_does() {
    let mut payload = None;
    let trace = observe(|| payload = Some(caught(|| inner(|| panic_any(7_u8)))));
    assert_eq!(trace.lines()[1], "raise inner #1 panic \"Box<dyn Any>\"");
    assert_eq!(payload.unwrap().downcast_ref::<u8>(), Some(&7));
}

#[test]
fn a_long_message_is_cut_and_a_zero_byte_shown() {
    let long = "ü".repeat(1000);
    let trace = observe(|| drop(caught(|| inner(|| panic!("a\0b {long}")))));
    let What::Raise { message, .. } = &trace.events[1].what else { panic!("the second event is the raise") };
    assert!(message.as_str().starts_with("a␀b üü"));
    assert!(message.as_str().ends_with("ü…"));
    assert!(message.as_str().len() < 1024);
}

#[test]
fn a_panic_outside_any_span_is_not_raised() {
    let trace = observe(|| {
        inner(|| ());
        drop(caught(|| panic!("outside")));
    });
    assert_eq!(trace, ["start inner #1", "stop inner #1 last"]);
}

/// Calls a marked function while it is dropped.
struct Busy;

impl Drop for Busy {
    fn drop(&mut self) {
        inner(|| ());
    }
}

#[test]
fn a_marked_function_may_run_while_its_thread_unwinds() {
    let trace = observe(|| {
        drop(caught(|| {
            outer(|| {
                let _busy = Busy;
                panic!("first");
            });
        }));
    });
    assert_eq!(
        trace,
        [
            "start outer #1",
            "start inner #2",
            "raise inner #2 panic \"first\"",
            "start inner #3",
            "stop inner #3 last",
            "stop inner #2 last panic",
            "stop outer #1 last panic",
        ]
    );
}

#[vivarium::observe(err)]
fn failing() -> Result<(), Undisplayable> {
    Err(Undisplayable)
}

#[derive(Debug)]
struct Undisplayable;

impl fmt::Display for Undisplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("so far")?;
        panic!("no further");
    }
}

#[test]
fn an_error_that_panics_while_it_is_displayed_changes_nothing() {
    let trace = observe(|| assert!(failing().is_err()));
    assert_eq!(
        trace,
        [
            "start failing #1",
            "raise failing #1 panic \"no further\"",
            "raise failing #1 error \"so far\"",
            "stop failing #1 last",
        ]
    );
}
