use serde_json::json;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, open_of};
use crate::support::places::Site;

const WORKER: u32 = 4243;

#[test]
fn it_moves_between_threads_and_into_other_spans() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, WORKER);
    kernel.poll(ROOT, Site::FETCH, 0x20);
    kernel.opens(ROOT, "/first");
    kernel.suspend(ROOT, 0x20);
    kernel.opens(ROOT, "/between");
    kernel.enter(WORKER, Site::STEP, 0x21);
    kernel.poll(WORKER, Site::FETCH, 0x20);
    kernel.opens(WORKER, "/second");
    kernel.ready(WORKER, 0x20);
    kernel.leave(WORKER, 0x21);

    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/first")["stack"], json!([1]));
    assert_eq!(open_of(&lines, "/between")["stack"], json!([]));
    assert_eq!(open_of(&lines, "/second")["stack"], json!([2, 1]), "the stack is that of the thread, now");
    let polls: Vec<_> = of_type(&lines, "span_start").iter().map(|start| start["poll"].clone()).collect();
    assert_eq!(polls, [json!(1), json!(null), json!(2)]);
    let stops = of_type(&lines, "span_stop");
    assert_eq!((&stops[0]["how"], &stops[0]["last"]), (&json!("suspended"), &json!(false)));
    assert_eq!((&stops[1]["how"], &stops[1]["polls"]), (&json!("returned"), &json!(2)));
}

#[test]
fn a_poll_whose_start_was_lost_is_in_unknown_surroundings() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, WORKER);
    kernel.enter(ROOT, Site::STEP, 0x21);
    kernel.poll(ROOT, Site::FETCH, 0x20);
    kernel.suspend(ROOT, 0x20);
    kernel.losing(|kernel| kernel.poll(WORKER, Site::FETCH, 0x20));
    kernel.opens(WORKER, "/in");
    assert_eq!(open_of(&lines(&kernel), "/in")["stack"], json!([null, 2]), "not where it was polled before");
}

#[test]
fn a_cancelled_one_does_its_dropping_inside_itself() {
    let mut kernel = Kernel::new();
    kernel.poll(ROOT, Site::FETCH, 0x20);
    kernel.suspend(ROOT, 0x20);
    kernel.cancel(ROOT, Site::FETCH, 0x20);
    kernel.opens(ROOT, "/dropping");
    kernel.leave(ROOT, 0x20);

    let lines = lines(&kernel);
    assert_eq!(open_of(&lines, "/dropping")["stack"], json!([1]));
    assert_eq!(of_type(&lines, "span_start")[1]["how"], "dropping");
    assert_eq!(of_type(&lines, "summary")[0]["spans"], 1);
}
