//! Futures that are in their span whenever they run: at every poll, and when they are dropped before they are done.

use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};

use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{InstanceId, Place, Site};

use crate::runtime::activation::Activation;
use crate::runtime::error::{self, Fallible};
use crate::runtime::guard::SpanGuard;
use crate::runtime::progress::Progress;
use crate::runtime::slow;

/// A future inside a span.
///
/// It is eight bytes larger than `F`, since `P` is a function that takes no room, and it is `Send`, `Sync` and `Unpin`
/// where `F` is.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Observed<F, P: Fn() -> Place, O = AsIs> {
    /// Never moved once it is pinned, and dropped by our `Drop` alone.
    inner: ManuallyDrop<F>,
    progress: Progress,
    place: P,
    outcome: PhantomData<fn() -> O>,
}

impl<F: Future, P: Fn() -> Place> Observed<F, P> {
    /// Puts `inner` into the span at `place`.
    #[inline(always)]
    pub const fn new(place: P, inner: F) -> Self {
        Self { inner: ManuallyDrop::new(inner), progress: Progress::UNSEEN, place, outcome: PhantomData }
    }
}

impl<F: Future, P: Fn() -> Place> Observed<F, P, ReportErrors> {
    /// Puts `inner` into the span at `place`; an error that it gives is reported. It is a future only where that can be done,
    /// so that a value without errors is told once, where the future is returned.
    #[inline(always)]
    pub const fn reporting(place: P, inner: F) -> Self {
        Self { inner: ManuallyDrop::new(inner), progress: Progress::UNSEEN, place, outcome: PhantomData }
    }
}

impl<F, P: Fn() -> Place, O> Observed<F, P, O> {
    /// Goes on with the instance that is `activation`, if it is one.
    #[inline(always)]
    pub(super) const fn going_on(mut self, activation: Activation) -> Self {
        self.progress = Progress::of(activation.instance());
        self
    }
}

impl<F: Future, P: Fn() -> Place, O: Outcome<F::Output>> Future for Observed<F, P, O> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: `inner` is pinned with us: it isn't moved here, and dropped in its place. The rest is never pinned.
        let (inner, this) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut *this.inner), (&mut this.progress, &this.place))
        };
        let (progress, place) = this;
        let mut polling = Polling::enter(place(), progress);
        let polled = inner.poll(context);
        if let Poll::Ready(value) = &polled {
            polling.ends_with::<O, F::Output>(value);
        }
        polled
    }
}

impl<F, P: Fn() -> Place, O> Drop for Observed<F, P, O> {
    #[inline]
    fn drop(&mut self) {
        let place = (self.place)();
        let is_seen = !self.progress.is_done() && place.is_observed();
        let activation = if is_seen {
            slow::call(start_drop, place.site(), Activation::NONE, Some(&mut self.progress))
        } else {
            Activation::NONE
        };
        let _span = SpanGuard::of(place.site(), activation);
        // SAFETY: here, and nowhere else, before the span ends.
        unsafe { ManuallyDrop::drop(&mut self.inner) }
    }
}

/// A poll, from its start to its stop.
struct Polling<'a> {
    site: &'static Site,
    activation: Activation,
    progress: &'a mut Progress,
}

impl<'a> Polling<'a> {
    #[inline(always)]
    fn enter(place: Place, progress: &'a mut Progress) -> Self {
        let site = place.site();
        let activation = if place.is_observed() {
            slow::call(start_poll, site, Activation::NONE, Some(progress))
        } else {
            Activation::NONE
        };
        Self { site, activation, progress }
    }

    #[inline(always)]
    fn ends_with<O: Outcome<T>, T>(&mut self, value: &T) {
        *self.progress = Progress::DONE;
        if self.activation.is_some() {
            O::report(self.site, self.activation.instance(), value);
        }
    }
}

impl Drop for Polling<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.activation.is_some() {
            slow::call(stop_poll, self.site, self.activation, Some(self.progress));
        }
    }
}

extern "C" fn start_poll(site: &'static Site, _: Activation, progress: Option<&mut Progress>) -> Activation {
    start(site, progress, StartFlags::POLL)
}

extern "C" fn start_drop(site: &'static Site, _: Activation, progress: Option<&mut Progress>) -> Activation {
    start(site, progress, StartFlags::DROP)
}

/// Whatever polls a future again after it is done, there is nothing left in it that could run.
fn start(site: &'static Site, progress: Option<&mut Progress>, flags: StartFlags) -> Activation {
    let instance = progress.and_then(Progress::instance);
    instance.map_or(Activation::NONE, |instance| Activation::resume(site, instance, flags))
}

extern "C" fn stop_poll(site: &'static Site, activation: Activation, progress: Option<&mut Progress>) -> Activation {
    let mut flags = StopFlags::POLL;
    if let Some(progress) = progress {
        if activation.is_left_by_panic() {
            *progress = Progress::DONE;
        }
        if progress.is_done() {
            flags = flags.with(StopFlags::LAST);
        }
    }
    activation.stop(site, flags);
    Activation::NONE
}

/// What is done with the value that a future gives.
pub trait Outcome<T> {
    /// Called in the span, if it is observed.
    fn report(site: &'static Site, instance: InstanceId, value: &T);
}

/// Nothing.
#[derive(Debug)]
pub enum AsIs {}

impl<T> Outcome<T> for AsIs {
    fn report(_: &'static Site, _: InstanceId, _: &T) {}
}

/// Its error is reported.
#[derive(Debug)]
pub enum ReportErrors {}

impl<T: Fallible> Outcome<T> for ReportErrors {
    fn report(site: &'static Site, instance: InstanceId, value: &T) {
        error::report(site, instance, value);
    }
}

/// Names the type that a function type returns, also the one that has no stable name elsewhere: `<fn() -> ! as
/// Returns>::Type`.
pub trait Returns {
    /// The type.
    type Type;
}

impl<T> Returns for fn() -> T {
    type Type = T;
}

/// A value that is never made, for code that only tells the compiler a type.
pub fn never<T>() -> T {
    unreachable!("this call stands where it is never reached")
}
