use serde_json::json;
use vivarium_sys::event::EventKind;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of, tree};
use crate::support::places::Site;
use crate::support::wire::whole;

#[test]
fn the_process_and_its_spans_go_on() {
    let mut kernel = Kernel::new();
    kernel.executes(ROOT, "/bin/tour", &["tour"]);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.raw_event(ROOT, EventKind::PROC_EXEC, Some(-2), &[], &[whole(b"/not/there")]);
    kernel.opens(ROOT, "/after");
    kernel.leave(ROOT, 0x10);

    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/after")["span"], json!(1));
    assert_eq!(of_type(&lines, "span_stop").len(), 1);
    let changes: Vec<_> = of_type(&lines, "process").iter().map(|line| line["change"].clone()).collect();
    assert_eq!(changes, ["found", "executed"]);
    let tree = tree(&kernel);
    assert!(tree.contains("proc_exec    /not/there = ENOENT"), "{tree}");
}
