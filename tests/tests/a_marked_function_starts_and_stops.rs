//! One start and one stop for each call, properly nested, with an instance of its own.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use vivarium_tests::observer::observe;

#[vivarium::observe]
fn outer() -> u32 {
    inner(1) + inner(2)
}

#[vivarium::observe]
fn inner(number: u32) -> u32 {
    number
}

#[vivarium::observe]
fn recursive(depth: u32) {
    if depth > 0 {
        recursive(depth - 1);
    }
}

#[vivarium::observe(name = "called {otherwise} \"here\"")]
fn named() {}

#[test]
fn calls_nest() {
    let trace = observe(|| assert_eq!(outer(), 3));
    assert_eq!(
        trace,
        [
            "start outer #1",
            "start inner #2",
            "stop inner #2 last",
            "start inner #3",
            "stop inner #3 last",
            "stop outer #1 last",
        ]
    );
}

#[test]
fn recursion_nests_as_deep_as_it_goes() {
    let trace = observe(|| recursive(200));
    assert_eq!(trace.events.len(), 402);
    assert_eq!(trace.instances().len(), 201);
    let lines = trace.lines();
    for depth in 0..=200 {
        assert_eq!(lines[depth], format!("start recursive #{}", depth + 1));
        assert_eq!(lines[401 - depth], format!("stop recursive #{} last", depth + 1));
    }
}

#[test]
fn a_name_may_hold_any_character() {
    assert_eq!(observe(named), ["start called {otherwise} \"here\" #1", "stop called {otherwise} \"here\" #1 last"]);
}
