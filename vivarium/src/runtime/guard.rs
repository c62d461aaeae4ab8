//! A span that lasts as long as a value: in marked functions, and what `span!` gives.

use core::marker::PhantomData;

use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{Place, Site};

use crate::runtime::activation::Activation;
use crate::runtime::error::{self, Fallible};
use crate::runtime::progress::Progress;
use crate::runtime::slow;

/// A span that was entered, until this is dropped.
///
/// It belongs to the thread that made it: it can't be sent to another one, so a future that keeps it across an `.await`
/// can't be sent either. Mark an async function instead, whose span ends wherever it waits.
///
/// The guards of a thread are to be dropped in the reverse of the order in which they were made, as variables are: spans lie
/// within each other. When one is dropped before others that were made after it, those are taken to be over as well; and when
/// they are dropped later on, the verdict says that a span stopped whose start was missed.
///
/// ```
/// fn mixed(text: &str) -> usize {
///     let parsing = vivarium::span!("parse");
///     let words = text.split(' ').count();
///     drop(parsing);
///     words
/// }
/// assert_eq!(mixed("two words"), 2);
/// ```
#[must_use = "the span ends at once unless it is kept: `let _span = vivarium::span!(..);`"]
pub struct SpanGuard {
    site: &'static Site,
    activation: Activation,
    of_this_thread: PhantomData<*const ()>,
}

impl SpanGuard {
    /// Enters the span at `place`, if anyone is looking.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter(place: Place) -> Self {
        let site = place.site();
        let activation =
            if place.is_observed() { slow::call(enter, site, Activation::NONE, None) } else { Activation::NONE };
        Self::of(site, activation)
    }

    /// Reports the error in `result`, if there is one and anyone is looking.
    #[doc(hidden)]
    #[inline(always)]
    pub fn report<R: Fallible>(&self, result: &R) {
        if self.activation.is_some() {
            error::report(self.site, self.activation.instance(), result);
        }
    }

    /// Ends `activation`, which has been started, in the same way.
    #[inline(always)]
    pub(super) const fn of(site: &'static Site, activation: Activation) -> Self {
        Self { site, activation, of_this_thread: PhantomData }
    }
}

impl Drop for SpanGuard {
    #[inline(always)]
    fn drop(&mut self) {
        if self.activation.is_some() {
            slow::call(leave, self.site, self.activation, None);
        }
    }
}

impl core::fmt::Debug for SpanGuard {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SpanGuard").field("instance", &self.activation.instance()).finish_non_exhaustive()
    }
}

pub(super) extern "C" fn enter(site: &'static Site, _: Activation, _: Option<&mut Progress>) -> Activation {
    Activation::start(site, StartFlags::NONE)
}

pub(super) extern "C" fn leave(site: &'static Site, activation: Activation, _: Option<&mut Progress>) -> Activation {
    activation.stop(site, StopFlags::LAST);
    Activation::NONE
}
