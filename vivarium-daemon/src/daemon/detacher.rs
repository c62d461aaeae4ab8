//! Detaching, which takes its time, while other things are done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use crate::kernel::uprobe::Attached;

/// Detaches in a thread of its own.
#[derive(Debug, Default)]
pub(super) struct Detacher {
    /// Started when it is needed, so that it has no more power than the thread that starts it.
    thread: Option<mpsc::Sender<Unused>>,
    /// How much is not detached yet.
    pending: Arc<AtomicUsize>,
}

/// What nobody needs any more; its fields are dropped in this order, so that it is pending until it is detached.
struct Unused {
    attached: Vec<Attached>,
    pending: Counted,
}

/// One more that is pending, until it is dropped.
struct Counted(Arc<AtomicUsize>);

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
        self.pending.load(Ordering::Acquire) == 0
    }
}

impl Counted {
    fn new(pending: &Arc<AtomicUsize>) -> Self {
        pending.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(pending))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
