use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type};
use crate::support::places::Site;

/// Of several threads that end at once, one can tell of its span after another one has told that the process ends.
#[test]
fn also_where_it_is_told_afterwards() {
    const THREAD: u32 = 4243;
    let mut kernel = Kernel::new();
    kernel.executes(ROOT, "/bin/tour", &["tour"]);
    kernel.spawns(ROOT, THREAD);
    let began = kernel.time;
    kernel.wait(1000);
    kernel.exits(ROOT, 0);
    let ended = kernel.time;
    kernel.time = began;
    kernel.appear(ROOT, THREAD, "tour");
    kernel.enter(THREAD, Site::LOAD_CONFIG, 0x10);
    kernel.time = ended;

    let lines = lines(&kernel);
    let (starts, stops) = (of_type(&lines, "span_start"), of_type(&lines, "span_stop"));
    assert_eq!((starts.len(), stops.len()), (1, 1));
    assert_eq!((&stops[0]["how"], &stops[0]["time"]), (&json!("exited"), &json!(ended)));
    let changes: Vec<_> = of_type(&lines, "process").iter().map(|line| line["change"].clone()).collect();
    assert_eq!(changes, ["found", "executed", "exited"], "it is no other process");
    assert_eq!(of_type(&lines, "summary")[0]["verdict"], "complete");
}
