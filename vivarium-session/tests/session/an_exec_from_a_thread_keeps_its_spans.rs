use serde_json::{Value, json};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

const THREAD: u32 = 4250;
const OTHER: u32 = 4251;

/// What the program that is executed opens.
const OPENED: &str = "/executed";

fn executes(kernel: &mut Kernel, tid: u32) -> Vec<Value> {
    kernel.executes(tid, "/bin/cat", &["cat", OPENED]);
    kernel.opens(ROOT, OPENED);
    lines(kernel)
}

/// Nothing was lost, and so nothing is missed: whatever was open is over because of the exec.
fn assert_all_ended_by_the_exec(lines: &[Value], spans: usize) {
    assert_eq!(of_type(lines, "span_start").len(), spans, "each starts once");
    let stops = of_type(lines, "span_stop");
    let how: Vec<_> = stops.iter().map(|stop| stop["how"].clone()).collect();
    assert_eq!(how, vec![json!("executed"); spans]);
}

#[test]
fn those_of_its_own_and_those_that_it_inherited() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.spawns(ROOT, THREAD);
    kernel.spawns(ROOT, OTHER);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x11);
    kernel.enter(OTHER, Site::PARSE, 0x12);
    kernel.enter(THREAD, Site::STEP, 0x13);
    kernel.enter(THREAD, Site::PARSE, 0x14);

    let lines = executes(&mut kernel, THREAD);
    assert_eq!(open_of(&lines, OPENED)["stack"], json!([1, 4, 5]));
    assert_eq!(of_type(&lines, "event")[2]["stack"], json!([1, 4, 5]), "the exec itself");
    assert_all_ended_by_the_exec(&lines, 5);
}

#[test]
fn those_that_it_inherited_alone() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.enter(ROOT, Site::STEP, 0x11);
    kernel.spawns(ROOT, THREAD);
    kernel.leave(ROOT, 0x11);

    let lines = executes(&mut kernel, THREAD);
    assert_eq!(open_of(&lines, OPENED)["stack"], json!([1, 2]));
    assert_eq!(of_type(&lines, "span_start").len(), 2, "each starts once");
}

#[test]
fn none_where_it_is_in_none() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, THREAD);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);

    let lines = executes(&mut kernel, THREAD);
    assert_eq!(open_of(&lines, OPENED)["attribution"], "outside");
    assert_all_ended_by_the_exec(&lines, 1);
}

#[test]
fn those_around_a_future_that_it_polls() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, THREAD);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(THREAD, Site::SPAWN_HELPER, 0x11);
    kernel.poll(THREAD, Site::FETCH, 0x12);
    kernel.suspend(THREAD, 0x12);
    kernel.poll(THREAD, Site::FETCH, 0x12);

    let lines = executes(&mut kernel, THREAD);
    assert_eq!(open_of(&lines, OPENED)["stack"], json!([2, 3]));
}
