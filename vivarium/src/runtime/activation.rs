//! One activation of a site, as the program remembers it between its start and its stop.

use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{InstanceId, Site};

use crate::runtime::{frames, instance, panic};

/// An instance id, and whether its thread was panicking already when it was entered.
///
/// One word, because it lives in a register across the whole body of a marked function, and zero where nobody looks, so
/// that the test at the end is the cheapest there is. Ids leave the highest bit free.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Activation(u64);

const PANICKING_AT_START: u64 = 1 << 63;

impl Activation {
    /// Nobody was looking.
    pub(super) const NONE: Self = Self(0);

    #[inline(always)]
    pub(super) const fn is_some(self) -> bool {
        self.0 != 0
    }

    /// The word, to be handed through assembly.
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
    #[inline(always)]
    pub(super) const fn word(self) -> u64 {
        self.0
    }

    /// What was handed through assembly.
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
    #[inline(always)]
    pub(super) const fn from_word(word: u64) -> Self {
        Self(word)
    }

    pub(super) const fn instance(self) -> InstanceId {
        InstanceId(self.0 & !PANICKING_AT_START)
    }

    /// Starts a new instance of `site`.
    pub(super) fn start(site: &'static Site, flags: StartFlags) -> Self {
        Self::resume(site, instance::next(), flags)
    }

    /// Starts `instance` of `site`, perhaps not for the first time.
    pub(crate) fn resume(site: &'static Site, instance: InstanceId, flags: StartFlags) -> Self {
        let panicking = panic::is_panicking();
        if !panicking {
            panic::watch();
        }
        frames::push(site, instance);
        site.start(instance, flags);
        Self(instance.0 | if panicking { PANICKING_AT_START } else { 0 })
    }

    /// Whether the span is being left because of a panic that began in it.
    ///
    /// A panic that begins while its thread is panicking already, in a `Drop` that catches it again, isn't told apart.
    pub(super) fn is_left_by_panic(self) -> bool {
        self.0 & PANICKING_AT_START == 0 && panic::is_panicking()
    }

    /// Stops this instance of `site`; a panic that passes through is added to `flags`.
    pub(crate) fn stop(self, site: &'static Site, flags: StopFlags) {
        let mut flags = flags;
        if self.is_left_by_panic() {
            panic::passes(site, self.instance());
            flags = flags.with(StopFlags::PANIC);
        }
        site.stop(self.instance(), flags);
        frames::pop(self.instance());
    }

    /// Stops this instance of `site` and nothing else: spans that were entered after it go on. They stop with it, for one
    /// that stops takes along all that stands above it, and start again at once.
    #[cfg(feature = "tracing")]
    pub(crate) fn stop_beneath(self, site: &'static Site, flags: StopFlags) {
        let above = frames::above(self.instance());
        for (site, instance) in above.iter().rev() {
            site.stop(*instance, StopFlags::POLL);
        }
        self.stop(site, flags);
        for (site, instance) in above {
            frames::push(site, instance);
            site.start(instance, StartFlags::POLL);
        }
    }
}
