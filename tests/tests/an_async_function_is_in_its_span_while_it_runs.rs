//! Starts and stops go around every poll and around a drop that comes early, always as the same instance.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use vivarium_tests::observer::{detached, observe};

/// Pending once, then ready.
async fn pause() {
    let mut is_paused = false;
    poll_fn(|_| if std::mem::replace(&mut is_paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = poll(future.as_mut()) {
            return value;
        }
    }
}

/// Tells by a span of its own when it is dropped.
struct Witness;

impl Drop for Witness {
    fn drop(&mut self) {
        let _span = vivarium::span!("dropped");
    }
}

#[vivarium::observe]
async fn pausing() -> u32 {
    pause().await;
    1
}

#[vivarium::observe]
async fn nested() -> u32 {
    pausing().await + pausing().await
}

#[vivarium::observe]
async fn holding(_witness: Witness) {
    pause().await;
}

#[test]
fn each_poll_is_a_part_of_one_instance() {
    assert_eq!(
        observe(|| assert_eq!(finish(pausing()), 1)),
        ["start pausing #1 poll", "stop pausing #1 poll", "start pausing #1 poll", "stop pausing #1 poll last"]
    );
}

#[test]
fn nested_polls_nest() {
    assert_eq!(
        observe(|| assert_eq!(finish(nested()), 2)),
        [
            "start nested #1 poll",
            "start pausing #2 poll",
            "stop pausing #2 poll",
            "stop nested #1 poll",
            "start nested #1 poll",
            "start pausing #2 poll",
            "stop pausing #2 poll last",
            "start pausing #3 poll",
            "stop pausing #3 poll",
            "stop nested #1 poll",
            "start nested #1 poll",
            "start pausing #3 poll",
            "stop pausing #3 poll last",
            "stop nested #1 poll last",
        ]
    );
}

#[test]
fn a_future_that_is_cancelled_is_dropped_in_its_span() {
    let trace = observe(|| {
        let mut future = Box::pin(holding(Witness));
        assert!(poll(future.as_mut()).is_pending());
    });
    assert_eq!(
        trace,
        [
            "start holding #1 poll",
            "stop holding #1 poll",
            "start holding #1 drop",
            "start dropped #2",
            "stop dropped #2 last",
            "stop holding #1 last",
        ]
    );
}

#[test]
fn a_future_that_was_never_polled_is_dropped_in_its_span() {
    assert_eq!(
        observe(|| drop(holding(Witness))),
        ["start holding #1 drop", "start dropped #2", "stop dropped #2 last", "stop holding #1 last"]
    );
}

#[test]
fn what_a_future_holds_is_dropped_in_its_last_poll() {
    let trace = observe(|| finish(holding(Witness)));
    assert_eq!(
        trace,
        [
            "start holding #1 poll",
            "stop holding #1 poll",
            "start holding #1 poll",
            "start dropped #2",
            "stop dropped #2 last",
            "stop holding #1 poll last",
        ]
    );
}

struct Held(Witness);

impl Held {
    #[vivarium::observe]
    async fn by_value(self) {
        pause().await;
    }

    #[vivarium::observe]
    async fn in_part(self) -> bool {
        pause().await;
        std::ptr::eq(&self.0, &self.0)
    }
}

#[test]
fn self_is_dropped_in_its_last_poll_however_much_of_it_is_used() {
    let expected = |name| {
        [
            format!("start {name} #1 poll"),
            format!("stop {name} #1 poll"),
            format!("start {name} #1 poll"),
            "start dropped #2".into(),
            "stop dropped #2 last".into(),
            format!("stop {name} #1 poll last"),
        ]
    };
    assert_eq!(observe(|| finish(Held(Witness).by_value())).lines(), expected("by_value"));
    assert_eq!(observe(|| assert!(finish(Held(Witness).in_part()))).lines(), expected("in_part"));
}

#[test]
fn nothing_is_seen_of_a_future_after_it_is_done() {
    let trace = observe(|| {
        let mut future = Box::pin(async { holding(Witness).await });
        let observed = &mut future;
        assert!(poll(observed.as_mut()).is_pending());
        assert!(poll(observed.as_mut()).is_ready());
        drop(future);
    });
    assert_eq!(trace.lines().last().map(String::as_str), Some("stop holding #1 poll last"));
}

#[test]
fn polls_on_other_threads_are_the_same_instance() {
    let trace = observe(|| {
        let mut future = Box::pin(pausing());
        std::thread::scope(|scope| {
            let first = scope.spawn(|| assert!(poll(future.as_mut()).is_pending()));
            first.join().unwrap();
        });
        assert_eq!(poll(future.as_mut()), Poll::Ready(1));
    });
    assert_eq!(
        trace,
        ["start pausing #1 poll", "stop pausing #1 poll", "start pausing #1 poll", "stop pausing #1 poll last"]
    );
    assert_eq!(trace.events[0].thread, trace.events[1].thread);
    assert_ne!(trace.events[1].thread, trace.events[2].thread);
}

#[test]
fn an_observer_may_come_and_go() {
    let trace = observe(|| {
        let mut future = Box::pin(pausing());
        detached(|| assert!(poll(future.as_mut()).is_pending()));
        assert_eq!(poll(future.as_mut()), Poll::Ready(1));

        let mut future = Box::pin(pausing());
        assert!(poll(future.as_mut()).is_pending());
        detached(|| assert_eq!(poll(future.as_mut()), Poll::Ready(1)));
    });
    assert_eq!(
        trace,
        ["start pausing #1 poll", "stop pausing #1 poll last", "start pausing #2 poll", "stop pausing #2 poll"]
    );
}

#[vivarium::observe]
async fn panicking(_witness: Witness) {
    pause().await;
    panic!("while polled");
}

#[test]
fn a_panic_ends_the_last_poll() {
    let trace = observe(|| {
        let mut future = Box::pin(panicking(Witness));
        assert!(poll(future.as_mut()).is_pending());
        let polled = std::panic::AssertUnwindSafe(|| poll(future.as_mut()));
        assert!(std::panic::catch_unwind(polled).is_err());
    });
    assert_eq!(
        trace,
        [
            "start panicking #1 poll",
            "stop panicking #1 poll",
            "start panicking #1 poll",
            "raise panicking #1 panic \"while polled\"",
            "start dropped #2",
            "stop dropped #2 last",
            "stop panicking #1 poll last panic",
        ]
    );
}

#[vivarium::observe]
fn returned(fails: bool) -> Option<Pin<Box<dyn Future<Output = u32>>>> {
    (!fails).then(|| Box::pin(async { 1_u32 }) as _)
}

#[vivarium::observe]
fn eager(calls: &Cell<u32>) -> impl Future<Output = u32> {
    let _prelude = vivarium::span!("prelude");
    calls.set(calls.get() + 1);
    async move {
        pause().await;
        2
    }
}

#[vivarium::observe]
fn boxed(early: bool) -> Pin<Box<dyn Future<Output = u32>>> {
    if early {
        return Box::pin(std::future::ready(3));
    }
    Box::pin(async move { 4 })
}

#[test]
fn a_returned_async_block_is_observed_and_what_comes_before_it_too() {
    let calls = Cell::new(0);
    assert_eq!(
        observe(|| assert_eq!(finish(eager(&calls)), 2)),
        [
            "start eager #1",
            "start prelude #2",
            "stop prelude #2 last",
            "stop eager #1",
            "start eager #1 poll",
            "stop eager #1 poll",
            "start eager #1 poll",
            "stop eager #1 poll last",
        ]
    );
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_function_that_returns_another_future_ends_when_it_returns() {
    assert_eq!(observe(|| assert_eq!(finish(boxed(true)), 3)), ["start boxed #1", "stop boxed #1 last"]);
    assert_eq!(
        observe(|| assert_eq!(finish(boxed(false)), 4)),
        ["start boxed #1", "stop boxed #1", "start boxed #1 poll", "stop boxed #1 poll last"]
    );
    assert_eq!(observe(|| assert!(returned(true).is_none())), ["start returned #1", "stop returned #1 last"]);
}
