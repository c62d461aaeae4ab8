//! Who is looking: the semaphore of a site.

use core::sync::atomic::{AtomicU16, Ordering};

/// How many observers have attached to a site; the kernel counts here, in the memory of the process.
///
/// Each site has one, shared by its probes and by all copies of its code.
#[derive(Debug)]
#[repr(transparent)]
pub struct Semaphore(AtomicU16);

impl Semaphore {
    /// A semaphore that nobody holds.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only statics in `.probes` make sense")]
    pub const fn new() -> Self {
        Self(AtomicU16::new(0))
    }

    /// Whether anyone is looking.
    #[inline(always)]
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// How many probes of the site are attached.
    #[must_use]
    pub fn count(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }
}
