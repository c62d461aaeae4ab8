//! The subscriber that stands in front of another one.

use core::any::TypeId;

use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::{Dispatch, Event, Interest, LevelFilter, Metadata, Subscriber};
use vivarium_sys::dynamic::is_observed;
use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{SUPPORTED, Site};

use crate::runtime::Activation;
use crate::tracing::entered::{self, SubscriberId};
use crate::tracing::open::OpenSpans;
use crate::tracing::sites;

/// A subscriber that hands everything on to another one, and makes each span that is entered visible as a site.
///
/// The [module](crate::tracing) tells what is seen and how.
///
/// ```
/// use tracing_subscriber::Registry;
///
/// let bridge = vivarium::tracing::Bridge::new(Registry::default());
/// tracing::subscriber::with_default(bridge, || {
///     // What is inside is still found.
///     let is_inside = tracing::dispatcher::get_default(|dispatch| dispatch.is::<Registry>());
///     assert!(is_inside);
/// });
/// ```
#[derive(Debug)]
pub struct Bridge<S> {
    inner: S,
    id: SubscriberId,
    open: OpenSpans,
}

impl<S: Subscriber> Bridge<S> {
    /// Stands in front of `inner`.
    pub fn new(inner: S) -> Self {
        Self { inner, id: SubscriberId::next(), open: OpenSpans::new() }
    }

    #[cold]
    #[inline(never)]
    fn enter_observed(&self, id: &Id) {
        entered::enter(self.id, id, self.open.start(id, || self.site_of_current(id)));
    }

    /// The site of a span that was opened unseen and has just been entered.
    fn site_of_current(&self, id: &Id) -> &'static Site {
        match self.inner.current_span().into_inner() {
            Some((current, metadata)) if current == *id => sites::of(metadata),
            _ => sites::unknown(),
        }
    }

    #[cold]
    #[inline(never)]
    fn close_remembered(&self, id: Id) -> bool {
        // Asked before, because the id may belong to another span as soon as this one is closed.
        let span = self.open.get(&id);
        let is_closed = self.inner.try_close(id.clone());
        if is_closed && let Some(span) = span {
            self.open.close(&id, span);
            if span.is_started && is_observed() {
                Activation::resume(span.site, span.instance, StartFlags::DROP).stop(span.site, StopFlags::LAST);
            }
        }
        is_closed
    }
}

impl<S: Subscriber> Subscriber for Bridge<S> {
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        self.inner.on_register_dispatch(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let interest = self.inner.register_callsite(metadata);
        if SUPPORTED && metadata.is_span() && !interest.is_never() {
            sites::of(metadata);
        }
        interest
    }

    #[inline]
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    #[inline]
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.inner.new_span(span);
        if is_observed() {
            self.open.open(&id, sites::of(span.metadata()));
        }
        id
    }

    #[inline]
    fn record(&self, span: &Id, values: &Record<'_>) {
        self.inner.record(span, values);
    }

    #[inline]
    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.inner.record_follows_from(span, follows);
    }

    #[inline]
    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    #[inline]
    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    #[inline]
    fn enter(&self, span: &Id) {
        self.inner.enter(span);
        if is_observed() {
            self.enter_observed(span);
        }
    }

    #[inline]
    fn exit(&self, span: &Id) {
        if entered::is_in_any() {
            entered::exit(self.id, span);
        }
        self.inner.exit(span);
    }

    #[inline]
    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    #[inline]
    fn try_close(&self, id: Id) -> bool {
        if self.open.is_empty() { self.inner.try_close(id) } else { self.close_remembered(id) }
    }

    #[expect(deprecated, reason = "a subscriber that implements it is still called through it")]
    fn drop_span(&self, id: Id) {
        self.inner.drop_span(id);
    }

    #[inline]
    fn current_span(&self) -> Current {
        self.inner.current_span()
    }

    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(core::ptr::from_ref(self).cast());
        }
        // SAFETY: what the caller promises for us holds for what is inside.
        unsafe { self.inner.downcast_raw(id) }
    }
}
