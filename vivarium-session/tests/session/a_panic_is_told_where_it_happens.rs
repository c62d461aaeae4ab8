use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type};
use crate::support::places::Site;

#[test]
fn it_is_raised_in_the_innermost_span_and_leaves_it() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.panics(ROOT, "no such key");
    kernel.leave_by_panic(ROOT, 0x11);
    kernel.wait(1_000);
    kernel.leave(ROOT, 0x10);

    let lines = lines(&kernel);
    let raise = &of_type(&lines, "span_raise")[0];
    assert_eq!((&raise["kind"], &raise["span"]), (&json!("panic"), &json!(2)));
    assert_eq!((&raise["message"], &raise["line"]), (&json!("no such key"), &json!(99)));
    let stops: Vec<_> = of_type(&lines, "span_stop").iter().map(|stop| stop["how"].clone()).collect();
    assert_eq!(stops, ["panicked", "returned"], "it was caught in the outer one");
}
