use vivarium_session::filter::Filter;
use vivarium_session::session::{Brevity, SessionInfo};
use vivarium_session::sink::{Look, Tree};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, observe_as};
use crate::support::places::Site;

const CHILDREN: [u32; 3] = [5001, 5002, 5003];

/// The tree of the opened files alone: no fork tells one child from another.
fn opened(kernel: &Kernel) -> String {
    let filter = Filter::default().events(["path_open"]).expect("a kind");
    let mut output = Vec::new();
    let tree = Box::new(Tree::new(&mut output, Look::plain()));
    observe_as(SessionInfo { filter, ..info() }, Brevity::default(), kernel, vec![tree]);
    String::from_utf8(output).expect("UTF-8")
}

/// Children that enter the same span and then open these outside of any.
fn children(paths: [&str; 3]) -> Kernel {
    let mut kernel = Kernel::new();
    for (child, path) in CHILDREN.into_iter().zip(paths) {
        kernel.forks(ROOT, child);
        kernel.enter(child, Site::PARSE, child.into());
        kernel.leave(child, child.into());
        kernel.opens(child, path);
        kernel.exits(child, 0);
    }
    kernel
}

#[test]
fn outside_of_any_span() {
    let tree = opened(&children(["/a", "/b", "/c"]));
    for (child, path) in CHILDREN.into_iter().zip(["/a", "/b", "/c"]) {
        let (_, of_child) = tree.split_once(&format!("[{child} tour]")).expect("each has a line");
        let of_child = of_child.split("tour]").next().expect("up to the next one");
        assert_eq!(of_child.matches("path_open").count(), 1, "{tree}");
        assert!(of_child.contains(path), "{tree}");
    }
}

#[test]
fn in_no_known_span() {
    let mut kernel = Kernel::new();
    for (pid, path) in [(5001, "/a"), (5002, "/b")] {
        kernel.appear(pid, pid, "cat");
        kernel.entered_before(pid);
        kernel.opens(pid, path);
    }
    let tree = opened(&kernel);
    assert!(tree.contains("[5001 cat]") && tree.contains("[5002 cat]"), "{tree}");
}

#[test]
fn and_those_that_did_the_same_are_counted() {
    let tree = opened(&children(["/a"; 3]));
    assert!(tree.contains("[5001 tour and 2 more]"), "{tree}");
    assert!(tree.contains("/a  O_RDONLY  ×3"), "{tree}");
    assert_eq!(tree.matches("(outside any span)").count(), 1, "{tree}");
}
