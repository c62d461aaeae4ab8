use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::Value;
use vivarium_session::accounting::Missing;
use vivarium_session::record::Time;
use vivarium_session::recording::Writer;
use vivarium_session::session::Conclusion;
use vivarium_session::sink::{Excerpt, Look, Tree};
use vivarium_sys::InstanceId;
use vivarium_sys::event::EventKind;

use crate::support::improvised::{ASYNC, Performance, acts};
use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{observe, observe_to, render};
use crate::support::places::Site;
use crate::support::tour::tour;

/// A recording of a part, rendered as a tree and as JSON lines.
fn part(
    kernel: &Kernel,
    which: impl Fn(Excerpt<Writer<&mut Vec<u8>>>) -> Excerpt<Writer<&mut Vec<u8>>>,
) -> (String, Vec<Value>) {
    let mut output = Vec::new();
    observe(kernel, vec![Box::new(which(Excerpt::new(Writer::new(&mut output))))]);
    let (replay, tree, lines) = render(&output).expect("a recording");
    let missing = replay.outcome.summary.verdict.missing().to_vec();
    assert!(missing.is_empty() || kernel.ring_is_full, "it counts what it holds: {missing:?}");
    (tree, lines.lines().map(|line| serde_json::from_str(line).expect("a line")).collect())
}

fn opened(lines: &[Value]) -> HashSet<String> {
    let opens = lines.iter().filter(|line| line["kind"] == "path_open");
    opens.map(|line| line["fields"]["path"].as_str().expect("a path").to_owned()).collect()
}

#[test]
fn a_part_holds_its_span_and_nothing_around_it() {
    let mut direct = Vec::new();
    observe(&tour(), vec![Box::new(Excerpt::new(Tree::new(&mut direct, Look::plain())).inside(InstanceId(0x12)))]);
    let direct = String::from_utf8(direct).expect("UTF-8");
    let (recorded, lines) = part(&tour(), |excerpt| excerpt.inside(InstanceId(0x12)));
    for tree in [&direct, &recorded] {
        assert!(tree.contains("spawn_helper") && tree.contains("/etc/passwd"), "{tree}");
        assert!(!tree.contains("/etc/hosts") && !tree.contains("load_config"), "{tree}");
    }
    assert_eq!(opened(&lines), HashSet::from(["/etc/passwd".to_owned()]));
    assert!(recorded.starts_with("vivarium · tour (pid 4242) · backend lsm"), "{recorded}");
}

#[test]
fn what_is_around_a_part_is_not_missed_in_it() {
    for entered_before in [false, true] {
        let mut kernel = Kernel::new();
        if entered_before {
            kernel.entered_before(ROOT);
        } else {
            kernel.enter(ROOT, Site::STEP, 1);
        }
        kernel.enter(ROOT, Site::PARSE, 2);
        kernel.opens(ROOT, "/mine");
        kernel.leave(ROOT, 2);
        let (tree, lines) = part(&kernel, |excerpt| excerpt.inside(InstanceId(2)));
        let open = lines.iter().find(|line| line["kind"] == "path_open").expect("it is part of it");
        assert_eq!(open["stack"].as_array().map(Vec::len), Some(1), "{open}");
        assert!(!tree.contains("known"), "{tree}");
    }
}

#[test]
fn what_is_left_out_leaves_no_trace() {
    let (tree, lines) = part(&tour(), |excerpt| excerpt.without(Site::SPAWN_HELPER.id()));
    assert!(tree.contains("/etc/hosts") && !tree.contains("spawn_helper") && !tree.contains("/etc/passwd"), "{tree}");
    assert!(lines.iter().all(|line| line["site"]["name"] != "spawn_helper"));
}

#[test]
fn a_part_has_holes_where_it_is_told_so() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::STEP, 1);
    kernel.opens(ROOT, "/mine");
    kernel.enter(ROOT, Site::PARSE, 2);
    kernel.spawns(ROOT, 5000);
    kernel.enter(5000, Site::FETCH, 3);
    kernel.opens(5000, "/not/mine");
    kernel.leave(ROOT, 2);
    kernel.opens(5000, "/not/mine/either");
    kernel.opens(ROOT, "/mine/too");
    kernel.leave(ROOT, 1);
    let (_, lines) = part(&kernel, |excerpt| excerpt.inside(InstanceId(1)).without(Site::PARSE.id()));
    assert_eq!(opened(&lines), HashSet::from(["/mine".to_owned(), "/mine/too".to_owned()]));
}

#[test]
fn what_waits_for_its_result_is_in_the_part_that_it_happened_in() {
    let mut kernel = Kernel::new();
    kernel.spawns(ROOT, 4243);
    kernel.enter(ROOT, Site::STEP, 1);
    kernel.asks_to_open(ROOT, "/mine");
    kernel.asks_to_open(4243, "/not/mine");
    kernel.returns(ROOT, Some(3));
    kernel.asks_to_open(ROOT, "/mine/without/result");
    kernel.enter(ROOT, Site::PARSE, 2);
    kernel.returns(4243, Some(4));
    kernel.asks_to_open(ROOT, "/left/out");
    kernel.returns(ROOT, Some(5));
    kernel.leave(ROOT, 2);
    kernel.leave(ROOT, 1);
    let mine = HashSet::from(["/mine".to_owned(), "/mine/without/result".to_owned()]);

    let (_, inside) = part(&kernel, |excerpt| excerpt.inside(InstanceId(1)).without(Site::PARSE.id()));
    assert_eq!(opened(&inside), mine);
    let (_, all_but) = part(&kernel, |excerpt| excerpt.without(Site::PARSE.id()));
    assert_eq!(opened(&all_but), &mine | &HashSet::from(["/not/mine".to_owned()]));
    for lines in [inside, all_but] {
        let open = lines.iter().find(|line| line["fields"]["path"] == "/mine").expect("it is there");
        assert_eq!(open["result"]["value"], 3, "{open}");
        let events = lines.iter().filter(|line| line["type"] == "event").count();
        assert_eq!(lines.last().expect("a summary")["events"], events, "{lines:?}");
    }
}

#[test]
fn what_is_counted_is_in_the_part_that_it_happened_in() {
    let mut kernel = Kernel::new();
    let asks = |kernel: &mut Kernel| kernel.raw_event(ROOT, EventKind::CAPABLE_CHECK, Some(0), &[21, 0], &[]);
    asks(&mut kernel);
    kernel.enter(ROOT, Site::STEP, 1);
    (0..3).for_each(|_| asks(&mut kernel));
    kernel.leave(ROOT, 1);
    for (part, counts) in [
        (part(&kernel, |excerpt| excerpt.inside(InstanceId(1))), vec![3]),
        (part(&kernel, |excerpt| excerpt.without(Site::PARSE.id())), vec![3, 1]),
        (part(&kernel, |excerpt| excerpt.without(Site::STEP.id())), vec![1]),
    ] {
        let asked = part.1.iter().filter(|line| line["kind"] == "capable_check");
        assert_eq!(asked.map(|line| line["count"].as_u64().expect("a count")).collect::<Vec<_>>(), counts);
    }
}

#[test]
fn a_span_that_never_came_is_missing() {
    let mut output = Vec::new();
    let outcome = Excerpt::new(Writer::new(&mut output)).inside(InstanceId(0x99));
    observe(&tour(), vec![Box::new(outcome)]);
    let (replay, tree, _) = render(&output).expect("a recording");
    assert!(!replay.outcome.summary.verdict.is_complete());
    assert!(tree.contains("was never seen"), "{tree}");
}

#[test]
fn functions_that_were_not_seen_are_no_loss_to_a_part() {
    const WHY: &str = "functions of a child were not seen";
    let kernel = tour();
    let mut conclusion = Conclusion::at(Time(kernel.time), Some(kernel.counts.clone()));
    conclusion.missing = vec![Missing::Functions { why: WHY.to_owned() }];
    for (inside, is_complete) in [(Some(InstanceId(0x12)), true), (None, false)] {
        let mut output = Vec::new();
        let excerpt = Excerpt::new(Writer::new(&mut output));
        let excerpt = if let Some(instance) = inside { excerpt.inside(instance) } else { excerpt };
        observe_to(conclusion.clone(), &kernel, vec![Box::new(excerpt)]);
        let (replay, tree, _) = render(&output).expect("a recording");
        assert_eq!(replay.outcome.summary.verdict.is_complete(), is_complete, "{tree}");
        assert!(tree.contains(WHY), "it is told: {tree}");
    }
}

proptest! {
    #[test]
    fn each_event_is_in_the_part_that_it_happened_in(acts in acts(false)) {
        const WITHIN: u64 = 1;
        let mut performance = Performance::within(Site::STEP, WITHIN, &acts);
        performance.kernel.leave(ROOT, WITHIN);
        let truth = &performance.truth;
        let (_, lines) = part(&performance.kernel, |excerpt| excerpt.inside(InstanceId(WITHIN)));
        let told = opened(&lines);
        let inside = |path: &String| truth[path].contains(&WITHIN);
        prop_assert!(truth.keys().filter(|path| inside(path)).all(|path| told.contains(path)));
        // An async span that began inside goes on elsewhere.
        let may_be = |path: &String| inside(path) || truth[path].iter().any(|instance| instance & ASYNC != 0);
        prop_assert!(told.iter().all(may_be), "{:?}", told);
    }
}
