//! What a function does before it gives its caller the future that it observes.

use core::cell::Cell;
use core::marker::PhantomData;

use vivarium_sys::probe::StopFlags;
use vivarium_sys::{Place, Site};

use crate::runtime::activation::Activation;
use crate::runtime::error::Fallible;
use crate::runtime::future::{AsIs, Observed, ReportErrors};
use crate::runtime::progress::Progress;
use crate::runtime::{guard, slow};

/// The span of a function that returns a future, until it returns. The future goes on as the same instance.
pub struct Prelude<P: Fn() -> Place> {
    place: P,
    activation: Activation,
    /// Whether a future goes on with the instance.
    goes_on: Cell<bool>,
    of_this_thread: PhantomData<*const ()>,
}

impl<P: Fn() -> Place + Copy> Prelude<P> {
    /// Enters the span, if anyone is looking.
    #[inline(always)]
    pub fn enter(place: P) -> Self {
        let here = place();
        let activation = if here.is_observed() {
            slow::call(guard::enter, here.site(), Activation::NONE, None)
        } else {
            Activation::NONE
        };
        Self { place, activation, goes_on: Cell::new(false), of_this_thread: PhantomData }
    }

    /// Goes on with `future`.
    #[inline(always)]
    pub fn observe<F: Future>(&self, future: F) -> Observed<F, P, AsIs> {
        self.goes_on.set(true);
        Observed::new(self.place, future).going_on(self.activation)
    }

    /// Goes on with `future`; an error that it gives is reported.
    #[inline(always)]
    pub fn observe_reporting<F: Future<Output: Fallible>>(&self, future: F) -> Observed<F, P, ReportErrors> {
        self.goes_on.set(true);
        Observed::reporting(self.place, future).going_on(self.activation)
    }
}

impl<P: Fn() -> Place> Drop for Prelude<P> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.activation.is_some() {
            let end = if self.goes_on.get() { hand_on } else { guard::leave };
            slow::call(end, (self.place)().site(), self.activation, None);
        }
    }
}

/// The function returns, and a future goes on.
extern "C" fn hand_on(site: &'static Site, activation: Activation, _: Option<&mut Progress>) -> Activation {
    activation.stop(site, StopFlags::NONE);
    Activation::NONE
}
