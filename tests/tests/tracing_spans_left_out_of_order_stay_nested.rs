//! `tracing` lets spans be left in any order. Whatever is still entered is then still what a thread is in.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use tracing::info_span;
use tracing::span::EnteredSpan;
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_tests::observer::{Trace, observe};

fn seen(program: impl FnOnce()) -> Trace {
    let subscriber = tracing_subscriber::registry().with(Identity::new());
    observe(|| tracing::subscriber::with_default(Bridge::new(subscriber), program))
}

#[vivarium::observe]
fn leaves(entered: EnteredSpan) {
    drop(entered);
    let _still_inside = vivarium::span!("inside");
}

#[vivarium::observe]
fn forgets() {
    std::mem::forget(info_span!("forgotten").entered());
}

#[test]
fn a_span_is_taken_out_from_beneath_another() {
    let trace = seen(|| {
        let first = info_span!("first");
        let second = info_span!("second");
        let third = info_span!("third");
        let (in_first, in_second, in_third) = (first.enter(), second.enter(), third.enter());
        drop(in_first);
        drop(in_third);
        drop(in_second);
        std::mem::forget((first, second, third));
    });
    assert_eq!(
        trace,
        [
            "start first #1 poll",
            "start second #2 poll",
            "start third #3 poll",
            "stop third #3 poll",
            "stop second #2 poll",
            "stop first #1 poll",
            "start second #2 poll",
            "start third #3 poll",
            "stop third #3 poll",
            "stop second #2 poll",
        ]
    );
}

#[test]
fn a_marked_function_goes_on_when_a_span_around_it_is_left() {
    let trace = seen(|| leaves(info_span!("around").entered()));
    assert_eq!(
        trace,
        [
            "start around #1 poll",
            "start leaves #2",
            "stop leaves #2 poll",
            "stop around #1 poll",
            "start leaves #2 poll",
            "start around #1 drop",
            "stop around #1 last",
            "start inside #3",
            "stop inside #3 last",
            "stop leaves #2 last",
        ]
    );
}

#[test]
fn a_marked_function_ends_what_was_entered_in_it() {
    let trace = seen(|| {
        let around = info_span!("around");
        let in_around = around.enter();
        forgets();
        // Nothing of `forgets` is started again here.
        drop(in_around);
        std::mem::forget(around);
    });
    assert_eq!(
        trace,
        [
            "start around #1 poll",
            "start forgets #2",
            "start forgotten #3 poll",
            "stop forgets #2 last",
            "stop around #1 poll",
        ]
    );
}
