//! Children that do one thing.

use crate::deed::done;

/// A child that was forked.
pub(crate) struct Child(pub(crate) libc::pid_t);

impl Child {
    /// Forks a child that does this, and ends with 0.
    pub(crate) fn that(act: impl FnOnce()) -> Self {
        // SAFETY: this program has one thread, so that its copy may do what it likes.
        match unsafe { done(libc::fork()) } {
            0 => {
                act();
                // SAFETY: ends the child without the parent's exit handlers.
                unsafe { libc::_exit(0) }
            }
            child => Self(child),
        }
    }

    /// A child that waits until it is killed.
    pub(crate) fn waiting() -> Self {
        Self::that(|| {
            loop {
                // SAFETY: it has no preconditions.
                unsafe { libc::pause() };
            }
        })
    }

    /// Waits for its end, and gives what it left behind.
    pub(crate) fn wait(self) -> i32 {
        let mut status = 0;
        // SAFETY: our own child, and a place for its status.
        done(unsafe { libc::waitpid(self.0, &raw mut status, 0) });
        status
    }

    /// Ends it.
    pub(crate) fn kill(self) {
        // SAFETY: our own child, which has not been waited for.
        done(unsafe { libc::kill(self.0, libc::SIGKILL) });
        self.wait();
    }
}

/// Does this in a child of its own, which must succeed.
#[track_caller]
pub(crate) fn in_child(act: impl FnOnce()) {
    assert_eq!(Child::that(act).wait(), 0, "the child failed");
}
