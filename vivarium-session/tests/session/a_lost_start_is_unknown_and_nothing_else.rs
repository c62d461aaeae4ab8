use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

#[test]
fn its_events_are_its_own_and_its_surroundings_are_unknown() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.losing(|kernel| kernel.enter(ROOT, Site::PARSE, 0x11));
    kernel.opens(ROOT, "/in");
    kernel.leave(ROOT, 0x11);
    kernel.opens(ROOT, "/around");
    kernel.leave(ROOT, 0x10);

    let lines = lines(&kernel);
    let open = open_of(&lines, "/in");
    assert_eq!(open["site"]["name"], "parse");
    // What the thread was in before may have ended unseen, for all that the records tell.
    assert_eq!(open["stack"], json!([null, 2]));
    let starts = of_type(&lines, "span_start");
    assert_eq!((&starts[1]["how"], &starts[1]["attribution"]), (&json!("missed"), &json!("unknown")));
    assert_eq!(open_of(&lines, "/around")["stack"], json!([1]));
}

#[test]
fn a_span_inside_it_says_so() {
    let mut kernel = Kernel::new();
    kernel.losing(|kernel| kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10));
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/in");
    kernel.leave(ROOT, 0x11);
    kernel.opens(ROOT, "/around");

    let lines = lines(&kernel);
    let inner = open_of(&lines, "/in");
    let outer = open_of(&lines, "/around");
    assert_eq!(inner["stack"], json!([null, outer["span"], inner["span"]]));
    assert_eq!(outer["site"]["name"], "load_config", "its site is learnt from the event");
}

#[test]
fn a_stop_alone_is_told_with_its_site() {
    let mut kernel = Kernel::new();
    kernel.losing(|kernel| kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10));
    kernel.leave(ROOT, 0x10);
    let stops = of_type(&lines(&kernel), "span_stop");
    assert_eq!(stops.len(), 1);
    assert_eq!(stops[0]["site"]["name"], "load_config");
    assert_eq!(stops[0].get("elapsed"), None, "when it started is not known");
}
