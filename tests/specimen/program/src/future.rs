//! Running a future, as far as that takes no runtime.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls a future until it is done.
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Polls a future once, and drops it.
pub(crate) fn give_up<F: Future>(future: F) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending(), "it is done at once");
}
