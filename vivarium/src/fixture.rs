//! Observation fixtures: tests that hold what a piece of code does to the machine against what is expected of it.
//!
//! ```
//! use vivarium::fixture::opens;
//! # use std::{fs, io};
//! # fn load_config(path: &str) -> io::Result<String> { fs::read_to_string(path).or(Ok(String::new())) }
//!
//! // #[test]
//! fn reads_only_its_own_config() {
//!     let seen = vivarium::fixture::observe(|| load_config("app.toml").unwrap());
//!     seen.expect().only([opens("**/app.toml").read_only()]).no("@net").complete();
//! }
//! # reads_only_its_own_config();
//! ```
//!
//! [`#[vivarium::test]`](macro@crate::test) does it for a whole test. `docs/fixtures.md` tells all of this at length.
//!
//! # What is seen
//!
//! What the closure does, with the threads, tasks and processes that it starts, until it returns. The kernel decides by the span
//! that the closure runs in, which threads and processes inherit, so that nothing of other tests comes in which run in the same
//! process at the same time. Work that is handed to a thread which was there before is seen where it is done in a marked async
//! function that was polled in the closure first; else it isn't the closure's.
//!
//! # How fixtures are run
//!
//! | `VIVARIUM_FIXTURES` | with a daemon | without |
//! |---|---|---|
//! | not set | observed | skipped, with a line on standard error |
//! | `require` | observed | fails |
//! | `record` | observed, and recorded | fails |
//! | `replay` | the recording is held against the expectations | the same |
//!
//! The closure is run in any case: what a test asserts besides is asserted always. Of an observation that was skipped every
//! expectation holds. A recording is in `tests/recordings` of the package, is called after the test, holds nothing but what the
//! fixture saw, and is meant to be committed: then a machine without privileges still holds it against the expectations.

mod expectation;
mod failure;
mod matcher;
mod mode;
mod name;
mod own_doing;
mod run;

use std::any::type_name;
use std::panic::Location;

pub use expectation::Expectation;
pub use matcher::{Matcher, connects, event, executes, opens, renames, unlinks};

use self::name::Name;
pub use crate::seen::Observation;
use crate::session::say;

/// Does `work`, and gives what it did, with the threads, tasks and processes that it started.
///
/// What it gives is dropped before the observation ends, so that it is seen what that does.
///
/// # Panics
/// When `work` does; then what it did until then is shown with what the test prints. And when the fixture can't be run as
/// `VIVARIUM_FIXTURES` asks for.
#[track_caller]
pub fn observe<W: FnOnce() -> R, R>(work: W) -> Observation {
    run(Name::here(type_name::<W>(), Location::caller()), || drop(work())).1
}

/// The same, for those who need what `work` gives.
///
/// # Panics
/// As [`observe`].
#[track_caller]
pub fn observe_value<W: FnOnce() -> R, R>(work: W) -> (R, Observation) {
    run(Name::here(type_name::<W>(), Location::caller()), work)
}

/// What `#[vivarium::test]` makes of a test.
#[doc(hidden)]
#[track_caller]
pub fn run_test<R>(
    path: &'static str,
    file: &'static str,
    line: u32,
    test: impl FnOnce() -> R,
    expect: impl FnOnce(&Observation),
) -> R {
    let (value, seen) = run(Name::of_test(path, file, line), test);
    expect(&seen);
    value
}

/// What `#[vivarium::test]` makes of a test that should panic. A fixture that can't be run says so and returns: its own
/// panic would be taken for the one that should be.
#[doc(hidden)]
pub fn run_panicking_test(path: &'static str, file: &'static str, line: u32, test: impl FnOnce()) {
    if let Err(error) = run::run(&Name::of_test(path, file, line), test) {
        say(&error.to_string());
    }
}

#[track_caller]
fn run<R>(name: Name, work: impl FnOnce() -> R) -> (R, Observation) {
    match run::run(&name, work) {
        Ok(run) => run,
        Err(error) => panic!("{error}"),
    }
}
