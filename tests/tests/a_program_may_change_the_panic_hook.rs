//! Ours goes in front of the program's, and comes back when it was replaced; the program's own are called as before.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::panic::{self, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use vivarium_tests::observer::{Trace, observe};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[vivarium::observe]
fn marked(part: fn()) {
    part();
}

fn panics() {
    panic!("why");
}

fn seen() -> Trace {
    observe(|| assert!(catch_unwind(|| marked(panics)).is_err()))
}

fn count_calls() {
    panic::set_hook(Box::new(|_| {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }));
}

// One test, because there is one hook.
#[test]
fn hooks_come_and_go() {
    let raised = ["start marked #1", "raise marked #1 panic \"why\"", "stop marked #1 last panic"];

    count_calls();
    assert_eq!(seen(), raised, "in front of the program's hook");
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);

    count_calls();
    assert_eq!(seen(), raised, "back again after ours was replaced");
    assert_eq!(CALLS.load(Ordering::Relaxed), 2);

    let trace = observe(|| {
        marked(|| ());
        let replaced = catch_unwind(|| {
            marked(|| {
                count_calls();
                panics();
            });
        });
        assert!(replaced.is_err());
    });
    let unknown = ["start marked #2", "raise marked #2 panic \"\"", "stop marked #2 last panic"];
    assert_eq!(trace.lines()[2..], unknown, "replaced inside the span: that there was a panic, but not which");
    assert_eq!(CALLS.load(Ordering::Relaxed), 3);

    assert_eq!(seen(), raised, "with the hook that was set inside the span");
    assert_eq!(CALLS.load(Ordering::Relaxed), 4);

    drop(panic::take_hook());
    assert_eq!(seen(), raised, "in front of the standard hook");
    assert_eq!(CALLS.load(Ordering::Relaxed), 4);
}
