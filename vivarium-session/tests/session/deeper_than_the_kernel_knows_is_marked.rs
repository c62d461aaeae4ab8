use serde_json::json;
use vivarium_sys::wire::MAX_DEPTH;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, open_of};
use crate::support::places::Site;

#[test]
fn events_are_in_the_deepest_known_span() {
    let depth = MAX_DEPTH as u64;
    let mut kernel = Kernel::new();
    for instance in 1..=depth + 3 {
        kernel.enter(ROOT, Site::STEP, instance);
    }
    kernel.opens(ROOT, "/deep");
    for instance in (depth..=depth + 3).rev() {
        kernel.leave(ROOT, instance);
    }
    kernel.opens(ROOT, "/known");

    let lines = lines(&kernel);
    let deep = open_of(&lines, "/deep");
    assert_eq!((&deep["attribution"], &deep["span"]), (&json!("deeper"), &json!(depth)));
    assert_eq!(deep["stack"].as_array().map(Vec::len), Some(MAX_DEPTH));
    let known = open_of(&lines, "/known");
    assert_eq!((&known["attribution"], &known["span"]), (&json!("innermost"), &json!(depth - 1)));
}
