use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

#[test]
fn the_innermost_span_and_the_whole_stack_are_told() {
    let mut kernel = Kernel::new();
    kernel.executes(ROOT, "/bin/tour", &["tour"]);
    kernel.opens(ROOT, "/before");
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/in");
    kernel.leave(ROOT, 0x11);
    kernel.opens(ROOT, "/around");
    kernel.leave(ROOT, 0x10);
    kernel.opens(ROOT, "/after");

    let lines = lines(&kernel);
    for path in ["/before", "/after"] {
        let open = open_of(&lines, path);
        assert_eq!(open["span"], json!(null));
        assert_eq!(open["attribution"], "outside");
        assert_eq!(open["stack"], json!([]));
    }
    let open = open_of(&lines, "/in");
    assert_eq!(open["stack"], json!([1, 2]));
    assert_eq!(open["span"], 2);
    assert_eq!(open["site"]["name"], "parse");
    assert_eq!(open["attribution"], "innermost");
    assert_eq!(open_of(&lines, "/around")["stack"], json!([1]));
    assert_eq!(of_type(&lines, "summary")[0]["verdict"], "complete");
}
