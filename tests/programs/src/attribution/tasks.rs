//! Marked async functions, on the workers of a tokio runtime.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;

use crate::calls::{self, Walk};
use crate::dice::Dice;
use crate::ledger::{Token, touch_own};

const TASKS: u64 = 16;
const DEPTH: u32 = 5;

/// Makes about `calls` calls.
pub(crate) fn run(calls: i64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    let budget = Arc::new(AtomicI64::new(calls));
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=TASKS)
            .map(|seed| {
                let budget = Arc::clone(&budget);
                tokio::spawn(async move {
                    let mut dice = Dice::new(seed);
                    while budget.fetch_sub(3, Ordering::Relaxed) > 0 {
                        any(&mut dice, Token::NONE, 0).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no task panics");
        }
    });
}

macro_rules! functions {
    ($($number:literal => $name:ident)+) => {
        $(
            #[vivarium::observe]
            async fn $name(dice: &mut Dice, parent: Token, depth: u32) {
                inside(dice, stringify!($name), parent, depth).await;
            }
        )+

        /// Calls one of the functions from `parent`.
        async fn any(dice: &mut Dice, parent: Token, depth: u32) {
            match dice.below(4) {
                $($number => Box::pin($name(dice, parent, depth)).await,)+
                _ => {}
            }
        }
    };
}

functions!(0 => a0 1 => a1 2 => a2 3 => a3);

/// Touches when it is dropped, which for a cancelled future happens in its span as well.
struct TouchOnDrop(&'static str, Token, Token);

impl Drop for TouchOnDrop {
    fn drop(&mut self) {
        touch_own(self.0, self.1, self.2);
    }
}

/// What each of the functions does, in its own span.
async fn inside(dice: &mut Dice, function: &'static str, parent: Token, depth: u32) {
    let token = Token::next();
    let _last = TouchOnDrop(function, token, parent);
    touch_own(function, token, parent);
    tokio::task::yield_now().await;
    touch_own(function, token, parent);
    if depth < DEPTH {
        for _ in 0..dice.below(3) {
            if dice.once_in(5) {
                polled_once(any(dice, token, depth + 1)).await;
            } else {
                any(dice, token, depth + 1).await;
            }
        }
        calls::any(&mut Walk::new(dice.below(u64::MAX)), token, 18);
        tokio::task::yield_now().await;
    }
    touch_own(function, token, parent);
}

/// Polls `future` once and drops it.
async fn polled_once(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}
