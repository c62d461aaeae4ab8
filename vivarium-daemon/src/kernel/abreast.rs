//! Doing many things at the same time, on all processors.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does everything, the last first, and gives what came of each in no order. What `work` gives with `false` is the last that
/// is begun.
pub(super) fn abreast<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> (R, bool) + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let others = 1..processors.min(things.len());
    let waiting = Mutex::new(things);
    let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || waiting().pop();
    let one = |thing| {
        let (result, goes_on) = work(thing);
        if !goes_on {
            waiting().clear();
        }
        result
    };
    let all = || std::iter::from_fn(next).map(one).collect::<Vec<_>>();
    thread::scope(|scope| {
        // This thread is one of them; where no other can be made, it does everything.
        let others: Vec<_> = others.map_while(|_| thread::Builder::new().spawn_scoped(scope, all).ok()).collect();
        let mut results = all();
        results.extend(others.into_iter().flat_map(|other| other.join().unwrap_or_default()));
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_done_once() {
        let mut done = abreast((0..100).collect(), |number| (number, true));
        done.sort_unstable();
        assert!(done.into_iter().eq(0..100));
        assert!(abreast(Vec::<u8>::new(), |thing| (thing, true)).is_empty());
    }

    #[test]
    fn nothing_is_begun_when_it_is_enough() {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let done = abreast((0..1000).collect(), |number| (number, false));
        assert!((1..=processors).contains(&done.len()), "{done:?}");
        assert!(done.contains(&999), "the last is the first");
    }
}
