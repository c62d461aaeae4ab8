//! The sessions that are open, so that each is reported when the process exits: by returning from `main`, by
//! `exit`, or by a panic. Who executes another program, aborts or calls `_exit` leaves no time for that.

use std::panic;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::live::Live;

/// A session that is finished by whoever comes first: its owner, or the end of the process.
#[derive(Debug)]
pub(super) struct Open {
    process: u32,
    live: Mutex<Option<Live>>,
}

/// The open sessions of this process.
static ALL: Mutex<Vec<Arc<Open>>> = Mutex::new(Vec::new());
/// The process that they are of: a forked child has none, and may not wait for a lock that another thread held.
static PROCESS: AtomicU32 = AtomicU32::new(0);

impl Open {
    /// Remembers a session.
    pub(super) fn new(live: Live) -> Arc<Self> {
        let open = Arc::new(Self { process: process::id(), live: Mutex::new(Some(live)) });
        if PROCESS.swap(process::id(), Ordering::Relaxed) != process::id() {
            finish_at_exit();
        }
        lock(&ALL).push(Arc::clone(&open));
        open
    }

    /// What asks it something while it runs.
    pub(super) fn with<R>(&self, ask: impl FnOnce(&Live) -> R) -> Option<R> {
        if self.process != process::id() { None } else { lock(&self.live).as_ref().map(ask) }
    }

    /// Ends it, unless that was done. When this returns it has been reported.
    pub(super) fn finish(self: &Arc<Self>) {
        // In the child of a fork it is none of the child's business.
        if self.process != process::id() {
            return;
        }
        // Held until the report is written: the process must not exit before.
        if let Some(live) = lock(&self.live).take() {
            live.finish();
        }
        lock(&ALL).retain(|other| !Arc::ptr_eq(other, self));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sees to it that what is open is finished when the process exits.
fn finish_at_exit() {
    static ASKED: AtomicBool = AtomicBool::new(false);
    if !ASKED.swap(true, Ordering::Relaxed) {
        // SAFETY: the function lives as long as the program, and lets no panic out. If there is no room for it, sessions are
        // reported only where they are dropped.
        let _ = unsafe { libc::atexit(finish_all) };
    }
}

extern "C" fn finish_all() {
    if PROCESS.load(Ordering::Relaxed) != process::id() {
        return;
    }
    let _ = panic::catch_unwind(|| {
        // Sessions that others open meanwhile are theirs.
        let open = lock(&ALL).clone();
        open.iter().rev().for_each(Open::finish);
    });
}
