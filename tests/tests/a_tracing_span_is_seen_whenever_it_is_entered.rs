//! The spans of `tracing` start and stop as one instance whenever they are entered and left, and end when they are closed.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use tracing::{Instrument, Span, info_span};
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_tests::observer::{Trace, detached, observe};

/// What is seen of `program`, which runs under a subscriber behind a bridge.
fn seen(program: impl FnOnce()) -> Trace {
    let subscriber = tracing_subscriber::registry().with(Identity::new());
    observe(|| tracing::subscriber::with_default(Bridge::new(subscriber), program))
}

#[tracing::instrument]
fn outer() {
    inner();
}

#[tracing::instrument]
fn inner() {}

#[vivarium::observe]
fn marked() {
    inner();
}

#[test]
fn spans_nest() {
    assert_eq!(
        seen(outer),
        [
            "start outer #1 poll",
            "start inner #2 poll",
            "stop inner #2 poll",
            "start inner #2 drop",
            "stop inner #2 last",
            "stop outer #1 poll",
            "start outer #1 drop",
            "stop outer #1 last",
        ]
    );
}

#[test]
fn marked_functions_and_spans_nest_in_each_other() {
    assert_eq!(
        seen(|| info_span!("around").in_scope(marked)),
        [
            "start around #1 poll",
            "start marked #2",
            "start inner #3 poll",
            "stop inner #3 poll",
            "start inner #3 drop",
            "stop inner #3 last",
            "stop marked #2 last",
            "stop around #1 poll",
            "start around #1 drop",
            "stop around #1 last",
        ]
    );
}

#[test]
fn a_span_is_one_instance_at_every_enter() {
    let trace = seen(|| {
        let span = info_span!("again");
        span.in_scope(|| ());
        let clone = span.clone();
        drop(span);
        clone.in_scope(|| ());
    });
    assert_eq!(
        trace,
        [
            "start again #1 poll",
            "stop again #1 poll",
            "start again #1 poll",
            "stop again #1 poll",
            "start again #1 drop",
            "stop again #1 last",
        ]
    );
}

#[test]
fn a_thread_that_is_in_a_span_stays_where_it_is() {
    let trace = seen(|| {
        let (outer, inner) = (info_span!("outer"), info_span!("inner"));
        let (_outer, _inner) = (outer.enter(), inner.enter());
        outer.in_scope(|| assert_eq!(Span::current(), inner, "the subscriber has it so"));
        info_span!("innermost").in_scope(|| ());
    });
    assert_eq!(
        trace,
        [
            "start outer #1 poll",
            "start inner #2 poll",
            "start innermost #3 poll",
            "stop innermost #3 poll",
            "start innermost #3 drop",
            "stop innermost #3 last",
            "stop inner #2 poll",
            "stop outer #1 poll",
            "start inner #2 drop",
            "stop inner #2 last",
            "start outer #1 drop",
            "stop outer #1 last",
        ]
    );
}

#[test]
fn a_future_is_in_its_span_while_it_is_polled_and_dropped() {
    let trace = seen(|| {
        let mut future = Box::pin(std::future::pending::<()>().instrument(info_span!("task")));
        for _ in 0..2 {
            let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(polled, Poll::Pending);
        }
    });
    assert_eq!(
        trace,
        [
            "start task #1 poll",
            "stop task #1 poll",
            "start task #1 poll",
            "stop task #1 poll",
            // `Instrumented` enters its span to drop the future.
            "start task #1 poll",
            "stop task #1 poll",
            "start task #1 drop",
            "stop task #1 last",
        ]
    );
}

#[test]
fn a_span_that_is_never_entered_is_never_seen() {
    let trace = seen(|| {
        let idle = info_span!("idle");
        info_span!("busy").in_scope(|| drop(idle));
    });
    assert_eq!(trace, ["start busy #1 poll", "stop busy #1 poll", "start busy #1 drop", "stop busy #1 last"]);
}

#[test]
fn a_span_that_nobody_saw_start_does_not_stop() {
    let trace = seen(|| {
        let span = detached(|| info_span!("unseen").entered());
        info_span!("seen").in_scope(|| ());
        drop(span);
    });
    assert_eq!(trace, ["start seen #1 poll", "stop seen #1 poll", "start seen #1 drop", "stop seen #1 last"]);
}

#[test]
fn a_span_that_is_left_while_nobody_looks_is_not_left_again() {
    let trace = seen(|| {
        let span = info_span!("halves");
        let entered = span.enter();
        detached(|| drop(entered));
        span.in_scope(|| ());
    });
    assert_eq!(
        trace,
        [
            "start halves #1 poll",
            "start halves #1 poll",
            "stop halves #1 poll",
            "start halves #1 drop",
            "stop halves #1 last",
        ]
    );
}

#[test]
fn a_parent_lives_as_long_as_its_children() {
    let trace = seen(|| {
        let parent = info_span!("parent");
        parent.in_scope(|| ());
        let child = info_span!(parent: &parent, "child");
        drop(parent);
        child.in_scope(|| ());
    });
    assert_eq!(
        trace,
        [
            "start parent #1 poll",
            "stop parent #1 poll",
            "start child #2 poll",
            "stop child #2 poll",
            // The subscriber closes the parent while it closes the child.
            "start parent #1 drop",
            "stop parent #1 last",
            "start child #2 drop",
            "stop child #2 last",
        ]
    );
}

#[test]
fn a_panic_is_raised_in_the_span_and_passes_through_it() {
    let trace = seen(|| {
        let result = catch_unwind(AssertUnwindSafe(|| info_span!("failing").in_scope(|| panic!("why"))));
        assert!(result.is_err());
        assert!(Span::current().is_none(), "the subscriber's span was left");
    });
    assert_eq!(
        trace,
        [
            "start failing #1 poll",
            "raise failing #1 panic \"why\"",
            "stop failing #1 poll panic",
            "start failing #1 drop",
            "stop failing #1 last",
        ]
    );
}
