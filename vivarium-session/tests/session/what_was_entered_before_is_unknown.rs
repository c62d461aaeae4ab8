use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

#[test]
fn neither_outside_nor_in_a_neighbour() {
    let mut kernel = Kernel::new();
    kernel.entered_before(ROOT);
    kernel.opens(ROOT, "/unknown");
    kernel.enter(ROOT, Site::PARSE, 0x10);
    kernel.opens(ROOT, "/known");

    let lines = lines(&kernel);
    let unknown = open_of(&lines, "/unknown");
    assert_eq!((&unknown["attribution"], &unknown["span"]), (&json!("unknown"), &json!(null)));
    assert_eq!(open_of(&lines, "/known")["stack"], json!([null, 1]));
    assert_eq!(of_type(&lines, "span_start")[0]["attribution"], "unknown");
}
