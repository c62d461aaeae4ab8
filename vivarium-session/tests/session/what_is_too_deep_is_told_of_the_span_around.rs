use serde_json::{Value, json};
use vivarium_session::session::Brevity;
use vivarium_session::sink::{Jsonl, Look, Tree};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, lines, observe_as, of_type, open_of};
use crate::support::places::Site;
use crate::support::storm::storm;

const HELPER: u32 = 4250;
const THREAD: u32 = 4251;

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
fn also_where_that_is_inherited() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.spawns(ROOT, THREAD);
    kernel.forks(ROOT, HELPER);
    for (tid, instance) in [(THREAD, 0x12), (HELPER, 0x13)] {
        kernel.enter(tid, Site::STEP, instance);
        kernel.opens(tid, if tid == THREAD { "/thread" } else { "/child" });
        kernel.leave(tid, instance);
    }
    kernel.leave(HELPER, 0x11);
    kernel.enter(HELPER, Site::FETCH, 0x14);
    kernel.opens(HELPER, "/copy");

    for (depth, path, span, site) in [
        (2, "/thread", 2, "parse"),
        (2, "/child", 2, "parse"),
        (1, "/child", 1, "load_config"),
        (1, "/copy", 1, "load_config"),
    ] {
        let open = open_of(&told(&kernel, depth).0, path);
        assert_eq!((&open["span"], &open["site"]["name"]), (&json!(span), &json!(site)), "{path} to depth {depth}");
        assert_eq!(open["attribution"], "folded", "{path} to depth {depth}");
    }
}

#[test]
fn with_its_site_as_soon_as_that_is_known() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.losing(|kernel| kernel.forks(ROOT, HELPER));
    for (instance, deeper, inherited) in [(0x11, "/deeper", "/inherited"), (0x12, "/deeper/again", "/inherited/again")]
    {
        kernel.enter(HELPER, Site::STEP, instance);
        kernel.opens(HELPER, deeper);
        kernel.leave(HELPER, instance);
        kernel.opens(HELPER, inherited);
    }

    let (lines, _) = told(&kernel, 1);
    assert_eq!(open_of(&lines, "/inherited")["site"]["name"], "load_config");
    assert_eq!(open_of(&lines, "/deeper/again")["site"]["name"], "load_config");
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
