use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

const CHILD: u32 = 4250;

#[test]
fn a_thread_does() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.spawns(ROOT, CHILD);
    kernel.leave(ROOT, 0x10);
    kernel.opens(CHILD, "/inherited");
    kernel.enter(CHILD, Site::STEP, 0x11);
    kernel.opens(CHILD, "/own");

    let lines = lines(&kernel);
    let inherited = open_of(&lines, "/inherited");
    assert_eq!((&inherited["stack"], &inherited["attribution"]), (&json!([1]), &json!("inherited")));
    let own = open_of(&lines, "/own");
    assert_eq!((&own["stack"], &own["attribution"]), (&json!([1, 2]), &json!("innermost")));
}

#[test]
fn a_process_does_through_its_exec() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.enter(ROOT, Site::STEP, 0x11);
    kernel.forks(ROOT, CHILD);
    kernel.executes(CHILD, "/bin/sh", &["sh", "-c", "id"]);
    kernel.leave(ROOT, 0x11);
    kernel.opens(CHILD, "/etc/passwd");
    // Another program may number its spans as it likes.
    kernel.enter(CHILD, Site::PARSE, 0x11);
    kernel.opens(CHILD, "/own");
    kernel.exits(CHILD, 1 << 8);

    let lines = lines(&kernel);
    let inherited = open_of(&lines, "/etc/passwd");
    assert_eq!((&inherited["pid"], &inherited["comm"]), (&json!(CHILD), &json!("sh")));
    assert_eq!((&inherited["stack"], &inherited["attribution"]), (&json!([1, 2]), &json!("inherited")));
    assert_eq!(open_of(&lines, "/own")["stack"], json!([1, 2, 3]));
    let changes = of_type(&lines, "process");
    let told: Vec<_> = changes.iter().map(|line| (&line["change"], &line["pid"])).collect();
    assert_eq!(
        told,
        [
            (&json!("found"), &json!(ROOT)),
            (&json!("forked"), &json!(CHILD)),
            (&json!("executed"), &json!(CHILD)),
            (&json!("exited"), &json!(CHILD)),
        ]
    );
    assert_eq!(changes[1]["span"], 2);
    assert_eq!(changes[2]["arguments"], json!(["sh", "-c", "id"]));
    assert_eq!(changes[3]["status"], json!({"code": 1}));
}

#[test]
fn a_copy_that_leaves_the_span_ends_it_for_itself_alone() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.forks(ROOT, CHILD);
    kernel.leave(CHILD, 0x11);
    kernel.opens(CHILD, "/copy");
    kernel.opens(ROOT, "/original");

    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/copy")["stack"], json!([1]));
    assert_eq!(open_of(&lines, "/original")["stack"], json!([1, 2]));
    assert_eq!(of_type(&lines, "span_stop")[0]["how"], "left_by_copy");
}

#[test]
fn one_whose_making_was_lost_says_what_it_knows() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.losing(|kernel| kernel.forks(ROOT, CHILD));
    kernel.opens(CHILD, "/inherited");

    let open = open_of(&lines(&kernel), "/inherited");
    assert_eq!((&open["site"]["name"], &open["attribution"]), (&json!("spawn_helper"), &json!("inherited")));
    assert_eq!(open["stack"], json!([null, open["span"]]));
}
