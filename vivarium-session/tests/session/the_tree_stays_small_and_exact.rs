use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::tree;
use crate::support::places::Site;

/// The numbers after every `×` in lines that hold `what`, where there is none 1.
fn sum(tree: &str, what: &str) -> u64 {
    let counts = tree.lines().filter(|line| line.contains(what)).map(|line| {
        let (_, after) = line.split_once('×').unwrap_or(("", "1"));
        let digits = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
        after[..digits].parse::<u64>().expect("a number")
    });
    counts.sum()
}

#[test]
fn spans_without_events_are_one_line() {
    let mut kernel = Kernel::new();
    for turn in 0..1_000 {
        kernel.enter(ROOT, Site::PARSE, 2 * turn + 1);
        if turn % 3 == 0 {
            kernel.enter(ROOT, Site::STEP, 2 * turn + 2);
            kernel.leave(ROOT, 2 * turn + 2);
        }
        kernel.leave(ROOT, 2 * turn + 1);
    }
    let tree = tree(&kernel);
    assert_eq!(tree.lines().count(), 4, "{tree}");
    assert!(tree.contains("parse ×1000") && tree.contains("step ×334"), "{tree}");
}

#[test]
fn spans_that_did_the_same_are_one_line_with_all_their_events() {
    let mut kernel = Kernel::new();
    for turn in 1..=500 {
        kernel.enter(ROOT, Site::LOAD_CONFIG, turn);
        for _ in 0..=turn % 2 {
            kernel.opens(ROOT, "/etc/hosts");
        }
        kernel.leave(ROOT, turn);
    }
    let tree = tree(&kernel);
    assert_eq!(sum(&tree, "load_config"), 500);
    assert_eq!(sum(&tree, "path_open"), 750);
    assert_eq!(tree.lines().count(), 4, "{tree}");
}

#[test]
fn what_finds_no_room_is_in_the_sum() {
    let mut kernel = Kernel::new();
    for turn in 1..=5_000 {
        kernel.enter(ROOT, Site::LOAD_CONFIG, 2 * turn);
        kernel.opens(ROOT, &format!("/tmp/{turn}"));
        kernel.enter(ROOT, Site::PARSE, 2 * turn + 1);
        kernel.leave(ROOT, 2 * turn + 1);
        kernel.leave(ROOT, 2 * turn);
    }
    let tree = tree(&kernel);
    assert!(tree.lines().count() < 1_000, "{} lines", tree.lines().count());
    for what in ["load_config", "path_open", "parse"] {
        assert_eq!(sum(&tree, what), 5_000, "{what}");
    }
    assert!(tree.contains("and 4800 more"), "{tree}");
}

#[test]
fn processes_that_did_the_same_are_one_line() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 1);
    for child in 10_000..12_000 {
        kernel.forks(ROOT, child);
        kernel.executes(child, "/bin/true", &["true"]);
        kernel.opens(child, "/etc/ld.so.cache");
        kernel.exits(child, 0);
    }
    kernel.leave(ROOT, 1);
    let tree = tree(&kernel);
    assert!(tree.contains("[10000 true and 1999 more]"), "{tree}");
    assert_eq!(sum(&tree, "path_open"), 2_000);
}
