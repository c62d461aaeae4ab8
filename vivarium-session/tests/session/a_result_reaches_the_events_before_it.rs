//! Hooks are called before a thing is done: what came of it is told when the system call returns.

use serde_json::{Value, json};
use vivarium_sys::event::EventKind;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

/// What the only open of this path came to.
fn result_of(kernel: &Kernel, path: &str) -> Value {
    open_of(&lines(kernel), path)["result"].clone()
}

#[test]
fn all_events_of_a_call_have_its_result() {
    let mut kernel = Kernel::new();
    kernel.asks_to_open(ROOT, "/one");
    kernel.asks_to_open(ROOT, "/two");
    kernel.returns(ROOT, Some(-13));
    kernel.asks_to_open(ROOT, "/three");
    kernel.returns(ROOT, Some(5));
    for path in ["/one", "/two"] {
        assert_eq!(result_of(&kernel, path)["value"], -13, "{path}");
        assert_eq!(result_of(&kernel, path)["error"]["name"], "EACCES", "{path}");
    }
    assert_eq!(result_of(&kernel, "/three"), json!({ "value": 5 }));
    let summary = lines(&kernel).pop().expect("a summary");
    assert_eq!(summary["verdict"], "complete", "{summary}");
}

#[test]
fn each_thread_has_its_own() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, 4243);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.asks_to_open(ROOT, "/slow");
    kernel.enter(4243, Site::PARSE, 0x11);
    kernel.asks_to_open(4243, "/quick");
    kernel.returns(4243, Some(7));
    kernel.leave(4243, 0x11);
    kernel.returns(ROOT, Some(-2));
    kernel.leave(ROOT, 0x10);
    assert_eq!(result_of(&kernel, "/quick")["value"], 7);
    assert_eq!(result_of(&kernel, "/slow")["value"], -2);
    assert_eq!(open_of(&lines(&kernel), "/slow")["stack"], json!([1]), "in the span in which it was asked for");
}

#[test]
fn a_result_that_is_not_theirs_is_not_told() {
    let mut kernel = Kernel::new();
    kernel.asks_to_open(ROOT, "/by-ring");
    kernel.returns(ROOT, None);
    assert_eq!(result_of(&kernel, "/by-ring"), Value::Null);
}

#[test]
fn a_lost_result_is_unknown_and_not_the_next_one() {
    let mut kernel = Kernel::new();
    kernel.asks_to_open(ROOT, "/unknown");
    kernel.losing(|kernel| kernel.returns(ROOT, Some(3)));
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.asks_to_open(ROOT, "/known");
    kernel.returns(ROOT, Some(4));
    assert_eq!(result_of(&kernel, "/unknown"), Value::Null);
    assert_eq!(result_of(&kernel, "/known")["value"], 4);
    let summary = lines(&kernel).pop().expect("a summary");
    assert_eq!(summary["verdict"], "incomplete", "{summary}");
}

#[test]
fn what_a_program_is_executed_with_came_to_that() {
    let mut kernel = Kernel::new();
    kernel.asks_to_open(ROOT, "/bin/sh");
    kernel.raw_event(ROOT, EventKind::PROC_EXEC, Some(0), &[0], &[]);
    kernel.asks_to_open(ROOT, "/left");
    kernel.exits(ROOT, 0);
    assert_eq!(result_of(&kernel, "/bin/sh"), json!({ "value": 0 }));
    assert_eq!(result_of(&kernel, "/left"), Value::Null, "the process ended before");
    let lines = lines(&kernel);
    let place = |what: &dyn Fn(&Value) -> bool| lines.iter().position(what).expect("it is told");
    let left = place(&|line| line["fields"]["path"] == "/left");
    assert!(left < place(&|line| line["change"] == "exited"), "before the end of its process");
    assert_eq!(of_type(&lines, "event").len(), 4);
}
