use serde_json::{Value, json};
use vivarium_session::session::Brevity;
use vivarium_session::sink::{Jsonl, Look, Tree};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, lines, observe_as, of_type, open_of};
use crate::support::places::Site;
use crate::support::storm::storm;

const HELPER: u32 = 4250;

fn told(kernel: &Kernel, max_depth: u16) -> (Vec<Value>, String) {
    let brevity = Brevity { max_depth: Some(max_depth), ..Brevity::default() };
    let (mut output, mut tree) = (Vec::new(), Vec::new());
    observe_as(
        info(),
        brevity,
        kernel,
        vec![Box::new(Jsonl::new(&mut output)), Box::new(Tree::new(&mut tree, Look::plain()))],
    );
    let lines = output.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
    (lines, String::from_utf8(tree).expect("UTF-8"))
}

#[test]
fn its_events_are_in_its_ancestor_and_say_so() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.opens(ROOT, "/in");
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/deeper");
    kernel.enter(ROOT, Site::STEP, 0x12);
    kernel.opens(ROOT, "/deepest");
    kernel.forks(ROOT, HELPER);
    kernel.enter(HELPER, Site::FETCH, 0x13);
    kernel.opens(HELPER, "/helper");
    kernel.leave(HELPER, 0x13);
    kernel.leave(ROOT, 0x12);
    kernel.leave(ROOT, 0x11);
    kernel.leave(ROOT, 0x10);

    let (lines, tree) = told(&kernel, 1);
    for path in ["/deeper", "/deepest", "/helper"] {
        let open = open_of(&lines, path);
        assert_eq!((&open["span"], &open["site"]["name"]), (&json!(1), &json!("load_config")));
        assert_eq!((&open["attribution"], &open["stack"]), (&json!("folded"), &json!([1])));
    }
    assert_eq!(open_of(&lines, "/in")["attribution"], "innermost");
    assert_eq!(of_type(&lines, "span_start").len(), 1);
    assert!(tree.contains("/deepest") && !tree.contains("parse"), "{tree}");

    let (lines, _) = told(&kernel, 2);
    assert_eq!(open_of(&lines, "/deepest")["site"]["name"], "parse");
    assert_eq!(open_of(&lines, "/deepest")["stack"], json!([1, 2]));
}

#[test]
fn no_event_is_lost_however_much_is_folded() {
    let kernel = storm();
    let all = of_type(&lines(&kernel), "event").len();
    for depth in [1, 2, 5, 100] {
        let (lines, _) = told(&kernel, depth);
        assert_eq!(of_type(&lines, "event").len(), all, "to depth {depth}");
        let is_known = |span: &Value| of_type(&lines, "span_start").iter().any(|start| start["span"] == *span);
        for event in of_type(&lines, "event").iter().filter(|event| !event["span"].is_null()) {
            assert!(is_known(&event["span"]), "{event}");
        }
    }
}
