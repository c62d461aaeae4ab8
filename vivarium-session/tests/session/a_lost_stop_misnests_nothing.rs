use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

#[test]
fn the_next_event_closes_what_is_over() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.losing(|kernel| kernel.leave(ROOT, 0x11));
    kernel.opens(ROOT, "/around");
    kernel.losing(|kernel| kernel.leave(ROOT, 0x10));
    kernel.opens(ROOT, "/after");

    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/around")["stack"], json!([1]));
    assert_eq!(open_of(&lines, "/after")["stack"], json!([]));
    let stops = of_type(&lines, "span_stop");
    let told: Vec<_> = stops.iter().map(|stop| (&stop["span"], &stop["how"])).collect();
    assert_eq!(told, [(&json!(2), &json!("missed")), (&json!(1), &json!("missed"))]);
}

#[test]
fn the_next_start_closes_what_is_over() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.losing(|kernel| kernel.leave(ROOT, 0x10));
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/in");
    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/in")["stack"], json!([2]), "not inside the one that is over");
}

#[test]
fn what_the_session_never_saw_stop_is_unfinished() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    let stops = of_type(&lines(&kernel), "span_stop");
    assert_eq!(stops[0]["how"], "unfinished");
}
