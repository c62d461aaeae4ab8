//! A `tracing` span that was opened before anyone looked is known again when it is entered, or said to be unknown.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber, info_span};
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_tests::observer::{detached, observe};

#[test]
fn the_subscriber_tells_which_span_it_is() {
    let bridge = Bridge::new(tracing_subscriber::registry().with(Identity::new()));
    let trace = observe(|| {
        with_default(bridge, || {
            let early = detached(|| info_span!("early"));
            early.in_scope(|| ());
            early.in_scope(|| ());
        });
    });
    assert_eq!(
        trace,
        [
            "start early #1 poll",
            "stop early #1 poll",
            "start early #1 poll",
            "stop early #1 poll",
            "start early #1 drop",
            "stop early #1 last",
        ]
    );
}

#[test]
fn a_span_that_is_not_the_current_one_is_never_taken_for_it() {
    let bridge = Bridge::new(tracing_subscriber::registry().with(Identity::new()));
    let trace = observe(|| {
        with_default(bridge, || {
            let early = detached(|| info_span!("early"));
            let _in_early = detached(|| early.enter());
            let _late = info_span!("late").entered();
            // The subscriber stays in `late`, since it is in `early` already.
            early.in_scope(|| assert_eq!(tracing::Span::current().metadata().map(|span| span.name()), Some("late")));
        });
    });
    assert_eq!(
        trace.lines()[..4],
        ["start late #1 poll", "start tracing::unknown #2 poll", "stop tracing::unknown #2 poll", "stop late #1 poll"]
    );
}

/// Numbers spans, and forgets them.
#[derive(Default)]
struct Forgetful(AtomicU64);

impl Subscriber for Forgetful {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1 + self.0.fetch_add(1, Ordering::Relaxed))
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_span_that_nobody_knows_is_unknown_and_never_a_neighbour() {
    let trace = observe(|| {
        with_default(Bridge::new(Forgetful::default()), || {
            let early = detached(|| info_span!("early"));
            let late = info_span!("late");
            late.in_scope(|| early.in_scope(|| ()));
        });
    });
    assert_eq!(
        trace,
        ["start late #1 poll", "start tracing::unknown #2 poll", "stop tracing::unknown #2 poll", "stop late #1 poll",]
    );
}
