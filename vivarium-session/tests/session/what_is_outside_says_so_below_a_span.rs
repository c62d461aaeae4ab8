use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, open_of, tree};
use crate::support::places::Site;

const CHILD: u32 = 4250;
const GRANDCHILD: u32 = 4251;

/// A function that forks; its copy in the child returns as well.
fn returning_twice() -> Kernel {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.forks(ROOT, CHILD);
    kernel.leave(ROOT, 0x10);
    kernel.leave(CHILD, 0x10);
    kernel
}

/// The lines of the tree below the one with this, and nothing around them.
#[track_caller]
fn below<'t>(tree: &'t str, what: &str) -> Vec<&'t str> {
    let mut lines = tree.lines().skip_while(|line| !line.contains(what));
    let indent = |line: &str| line.find(|character: char| !"│├└─ ".contains(character));
    let at = indent(lines.next().expect("it is there"));
    let lines = lines.take_while(|line| indent(line) > at);
    lines.map(|line| line.trim_start_matches(|character: char| "│├└─ ".contains(character))).collect()
}

#[test]
fn where_it_is_all_that_the_process_does() {
    let mut kernel = returning_twice();
    kernel.opens(CHILD, "/outside");
    assert_eq!(open_of(&lines(&kernel), "/outside")["attribution"], "outside");
    let tree = tree(&kernel);
    let child = below(&tree, "[4250 tour]");
    assert!(child[0] == "(outside any span)" && child[1].contains("/outside"), "{tree}");
}

#[test]
fn and_what_is_inherited_does_not() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x10);
    kernel.forks(ROOT, CHILD);
    kernel.opens(CHILD, "/inherited");
    kernel.leave(CHILD, 0x10);
    kernel.opens(CHILD, "/outside");
    let tree = tree(&kernel);
    assert!(below(&tree, "[4250 tour]")[0].contains("/inherited"), "{tree}");
    let outside = below(&tree, "(outside any span)");
    assert!(outside.len() == 1 && outside[0].contains("/outside"), "{tree}");
}

#[test]
fn where_it_is_a_span_too() {
    let mut kernel = returning_twice();
    kernel.enter(CHILD, Site::PARSE, 0x11);
    kernel.opens(CHILD, "/own");
    kernel.leave(CHILD, 0x11);
    let tree = tree(&kernel);
    assert!(below(&tree, "(outside any span)")[0].starts_with("parse"), "{tree}");
}

#[test]
fn and_once_for_all_that_is_made_there() {
    let mut kernel = returning_twice();
    kernel.forks(CHILD, GRANDCHILD);
    kernel.opens(GRANDCHILD, "/outside");
    let tree = tree(&kernel);
    assert_eq!(tree.matches("(outside any span)").count(), 1, "{tree}");
    assert!(below(&tree, "(outside any span)").iter().any(|line| line.contains("[4251 tour]")), "{tree}");
    assert!(below(&tree, "[4251 tour]")[0].contains("/outside"), "{tree}");
}
