//! A program that says, by the names of the files it touches, to which call of which function each touch belongs.
//!
//! `attribution DIRECTORY CALLS THREADS` makes about CALLS calls of marked functions, nested at random to depth 20, on
//! THREADS threads and on the workers of a tokio runtime, with panics caught on the way, tasks that move between workers
//! or are dropped half way, and children forked and executed inside spans. It prints how many files it touched.
//!
//! Whoever observes it must find each touch in the span that its name tells: see `ledger.rs`.

mod calls;
mod children;
mod dice;
mod ledger;
mod tasks;

use std::sync::atomic::{AtomicI64, Ordering};

use self::calls::Walk;
use self::ledger::Token;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().expect("the first argument is a directory, or `leaf`");
    if first == children::LEAF {
        return children::leaf(arguments);
    }
    let mut number = |what| {
        arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{what} is missing or no number"))
    };
    let calls: i64 = number("the number of calls");
    let threads: i64 = number("the number of threads");

    std::panic::set_hook(Box::new(|_| {}));
    ledger::open(first.into());
    let budget = AtomicI64::new(calls * 3 / 4);
    std::thread::scope(|scope| {
        for seed in 1..=threads {
            let budget = &budget;
            scope.spawn(move || {
                let mut walk = Walk::new(seed.unsigned_abs());
                while budget.load(Ordering::Relaxed) > 0 {
                    let before = walk.calls();
                    calls::any(&mut walk, Token::NONE, 0);
                    budget.fetch_sub(walk.calls() - before, Ordering::Relaxed);
                }
            });
        }
    });
    tasks::run(calls / 4);
    println!("{}", ledger::touches());
}
