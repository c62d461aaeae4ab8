//! Detaching, which takes its time, while other things are done.

use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;

use crate::kernel::uprobe::Attached;

/// Detaches in a thread of its own.
#[derive(Debug, Default)]
pub(super) struct Detacher {
    /// Started when it is needed, so that it has no more power than the thread that starts it.
    thread: Option<mpsc::Sender<Unused>>,
    pending: Arc<Pending>,
}

/// How much is not detached yet.
#[derive(Debug, Default)]
struct Pending {
    count: Mutex<usize>,
    none: Condvar,
}

/// What nobody needs any more; its fields are dropped in this order, so that it is pending until it is detached.
struct Unused {
    attached: Vec<Attached>,
    pending: Counted,
}

/// One more that is pending, until it is dropped.
struct Counted(Arc<Pending>);

impl Detacher {
    /// Detaches all of it, by and by.
    pub(super) fn detach(&mut self, attached: Vec<Attached>) {
        if attached.is_empty() {
            return;
        }
        let unused = Unused { attached, pending: Counted::new(&self.pending) };
        let thread = self.thread.get_or_insert_with(|| {
            let (thread, unused) = mpsc::channel::<Unused>();
            // Where it cannot be started, what is sent to it is dropped here.
            let _ = thread::Builder::new().name("detacher".to_owned()).spawn(move || {
                unused.into_iter().for_each(|Unused { attached, pending }| {
                    drop(attached);
                    drop(pending);
                });
            });
            thread
        });
        let _ = thread.send(unused);
    }

    /// Whether all is detached.
    pub(super) fn is_done(&self) -> bool {
        *self.pending.count.lock().unwrap_or_else(PoisonError::into_inner) == 0
    }

    /// Waits until all is detached: what is attached to again before that is hit twice.
    pub(super) fn finish(&self) {
        let count = self.pending.count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.pending.none.wait_while(count, |count| *count > 0));
    }
}

impl Counted {
    fn new(pending: &Arc<Pending>) -> Self {
        *pending.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(Arc::clone(pending))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.none.notify_all();
    }
}
