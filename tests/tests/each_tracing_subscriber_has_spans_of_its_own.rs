//! Several subscribers at once number their spans alike; the instances are told apart.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use tracing::{Dispatch, dispatcher::with_default, info_span};
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_tests::observer::observe;

fn dispatch() -> Dispatch {
    Dispatch::new(Bridge::new(tracing_subscriber::registry().with(Identity::new())))
}

#[test]
fn two_subscribers_may_give_out_the_same_ids() {
    let (one, other) = (dispatch(), dispatch());
    let trace = observe(|| {
        let of_one = with_default(&one, || info_span!("of_one"));
        let of_other = with_default(&other, || info_span!("of_other"));
        assert_eq!(of_one.id(), of_other.id(), "the test proves nothing otherwise");
        let (in_one, in_other) = (of_one.enter(), of_other.enter());
        drop(in_one);
        drop(in_other);
        drop(of_other);
        of_one.in_scope(|| ());
    });
    assert_eq!(
        trace,
        [
            "start of_one #1 poll",
            "start of_other #2 poll",
            "stop of_other #2 poll",
            "stop of_one #1 poll",
            "start of_other #2 poll",
            "stop of_other #2 poll",
            "start of_other #2 drop",
            "stop of_other #2 last",
            "start of_one #1 poll",
            "stop of_one #1 poll",
            "start of_one #1 drop",
            "stop of_one #1 last",
        ]
    );
}

#[test]
fn a_bridge_in_front_of_a_bridge_opens_each_span_twice() {
    let twice = Bridge::new(Bridge::new(tracing_subscriber::registry().with(Identity::new())));
    let trace = observe(|| with_default(&Dispatch::new(twice), || info_span!("twice").in_scope(|| ())));
    assert_eq!(
        trace,
        [
            "start twice #1 poll",
            "start twice #2 poll",
            "stop twice #2 poll",
            "stop twice #1 poll",
            "start twice #1 drop",
            "stop twice #1 last",
            "start twice #2 drop",
            "stop twice #2 last",
        ]
    );
}
