use serde_json::{Value, json};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{lines, of_type, tree};
use crate::support::places::Site;

const OTHER: u32 = 77;

/// The numbers and names of the processes that were found.
fn found(kernel: &Kernel) -> Vec<(Value, Value)> {
    let processes = of_type(&lines(kernel), "process").into_iter().filter(|line| line["change"] == "found");
    processes.map(|line| (line["pid"].clone(), line["comm"].clone())).collect()
}

#[test]
fn also_the_one_that_the_session_is_about() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::PARSE, 0x10);
    kernel.opens(ROOT, "/in");
    assert_eq!(found(&kernel), [(json!(ROOT), json!("tour"))]);
    assert!(tree(&kernel).contains("\n[4242 tour]\n"), "{}", tree(&kernel));
}

#[test]
fn and_if_another_one_is_heard_of_first() {
    let mut kernel = Kernel::new();
    kernel.appear(OTHER, OTHER, "other");
    kernel.opens(OTHER, "/other");
    kernel.opens(ROOT, "/mine");
    assert_eq!(found(&kernel), [(json!(OTHER), json!("other")), (json!(ROOT), json!("tour"))]);
}

#[test]
fn that_of_the_main_thread_in_the_tree() {
    for tells in [
        |kernel: &mut Kernel| kernel.opens(OTHER, "/main"),
        |kernel: &mut Kernel| {
            kernel.enter(OTHER, Site::PARSE, 0x10);
        },
    ] {
        let mut kernel = Kernel::new();
        kernel.appear(OTHER, OTHER + 1, "worker");
        kernel.appear(OTHER, OTHER, "server");
        kernel.opens(OTHER + 1, "/worker");
        assert!(tree(&kernel).contains("\n[77 worker]\n"), "{}", tree(&kernel));
        tells(&mut kernel);
        kernel.opens(OTHER + 1, "/worker/again");
        assert!(tree(&kernel).contains("\n[77 server]\n"), "{}", tree(&kernel));
    }
}

#[test]
fn unless_nothing_is_heard_of_them() {
    let kernel = Kernel::new();
    assert_eq!(found(&kernel), [(json!(ROOT), json!(null))]);
    assert!(tree(&kernel).contains("\n[4242]\n"), "{}", tree(&kernel));
}
