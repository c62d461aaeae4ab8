//! What is said on standard error besides reports.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Says, once, that nothing is observed.
pub(crate) fn not_observing(why: &dyn fmt::Display) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        say(&format!("vivarium: nothing is observed: {why}"));
    }
}

/// Says something in a line of its own, at once, and also where a test's output is captured.
pub(crate) fn say(line: &str) {
    // Nobody can be told if that fails.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
