//! Observing without further ado: the tree goes to standard error.

use std::panic::Location;

use vivarium_sys::SiteKind;

use super::builder::SessionBuilder;
use super::notice::not_observing;
use super::own_work::Entered;
use super::running::Session;
use crate::runtime::{Described, instance};

/// Observes this process until what it gives is dropped, or the process exits; then shows what it did on standard error.
///
/// ```
/// let _session = vivarium::observe_process();
/// // ... the program ...
/// ```
///
/// The report also comes when the process ends by `std::process::exit` or by a panic in `main`. Without a daemon there is one
/// line on standard error, and the program goes on; with `VIVARIUM=off` in the environment there is nothing at all.
///
/// A program that executes another one in its own place, aborts or calls `_exit` has no time for a report: `vivarium run` shows what
/// such a one does.
#[must_use = "the observation ends at once unless it is kept: `let _session = vivarium::observe_process();`"]
pub fn observe_process() -> Session {
    start(SessionBuilder::told())
}

/// Does `work`, shows on standard error what it did, and gives what it gave. Only that is shown: nothing of what other threads
/// do meanwhile that `work` did not start.
///
/// ```
/// let hosts = vivarium::observe(|| std::fs::read_to_string("/etc/hosts").unwrap_or_default());
/// println!("{} bytes", hosts.len());
/// ```
///
/// Without a daemon there is one line on standard error, and `work` is done all the same.
#[track_caller]
pub fn observe<R>(work: impl FnOnce() -> R) -> R {
    let place = Location::caller();
    let instance = instance::next();
    let _session = start(SessionBuilder::told().inside(instance));
    let here =
        Described { kind: SiteKind::Span, module: "vivarium", name: "observe", file: place.file(), line: place.line() };
    let _entered = Entered::enter(here.copied(), instance);
    work()
}

fn start(builder: SessionBuilder) -> Session {
    builder.start().unwrap_or_else(|error| {
        not_observing(&error);
        Session::off()
    })
}
