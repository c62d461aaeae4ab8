use crate::support::kernel::Kernel;
use crate::support::observation::{lines, recording, render, tree};
use crate::support::storm::storm;
use crate::support::tour::tour;

#[track_caller]
fn assert_same(kernel: &Kernel) {
    let (_, tree_again, lines_again) = render(&recording(kernel)).expect("a recording");
    assert_eq!(tree_again, tree(kernel));
    let lines_again: Vec<serde_json::Value> =
        lines_again.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines_again, lines(kernel));
}

#[test]
fn when_nothing_went_wrong() {
    assert_same(&tour());
}

#[test]
fn when_much_went_wrong() {
    assert_same(&storm());
}
