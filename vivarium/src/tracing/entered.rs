//! The observed spans that each thread is in: an exit tells only which span, and this tells what to stop.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};

use tracing_core::span::Id;
use vivarium_sys::Site;
use vivarium_sys::probe::{StartFlags, StopFlags};

use crate::runtime::{Activation, frames};
use crate::tracing::open::OpenSpan;

/// Which subscriber a span belongs to, since each numbers its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SubscriberId(u64);

impl SubscriberId {
    /// One that no other subscriber has.
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Entered {
    subscriber: SubscriberId,
    span: Id,
    site: &'static Site,
    /// None where the thread was in the span already.
    activation: Option<Activation>,
}

thread_local! {
    /// How many observed spans the thread is in: a test that costs what a test of the semaphore costs.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// Whether the thread is in any observed span.
#[inline(always)]
pub(super) fn is_in_any() -> bool {
    DEPTH.get() != 0
}

/// The thread enters `span`. If it is in it already, then it stays where it is, as it does to `tracing-subscriber`.
///
/// One that could not be left again, because the thread is ending, isn't seen.
pub(super) fn enter(subscriber: SubscriberId, id: &Id, span: OpenSpan) {
    with_entered(|entered| {
        let start = || Activation::resume(span.site, span.instance, StartFlags::POLL);
        let activation = (!frames::contains(span.instance)).then(start);
        entered.push(Entered { subscriber, span: id.clone(), site: span.site, activation });
    });
}

/// The thread leaves the span that it entered last under this id, if it was observed then.
#[cold]
#[inline(never)]
pub(super) fn exit(subscriber: SubscriberId, id: &Id) {
    let left = with_entered(|entered| {
        let at = entered.iter().rposition(|entered| entered.subscriber == subscriber && entered.span == *id)?;
        Some(entered.remove(at))
    });
    if let Some(Entered { site, activation: Some(activation), .. }) = left.flatten() {
        activation.stop_beneath(site, StopFlags::POLL);
    }
}

/// Hands over the spans of this thread, unless they are gone or, in an allocator that uses `tracing`, being changed.
fn with_entered<R>(change: impl FnOnce(&mut Vec<Entered>) -> R) -> Option<R> {
    let changed = ENTERED.try_with(|entered| {
        let mut entered = entered.try_borrow_mut().ok()?;
        let result = change(&mut entered);
        DEPTH.set(entered.len());
        Some(result)
    });
    changed.ok().flatten()
}
