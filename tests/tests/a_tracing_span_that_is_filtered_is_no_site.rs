//! What a subscriber never opens is no site. A layer that takes everything changes that, and no other layer notices.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::sync::{Arc, Mutex};

use tracing::span::{Attributes, Id};
use tracing::subscriber::{Subscriber, with_default};
use tracing::{Span, info, info_span};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Identity, Layer};
use tracing_subscriber::{prelude::*, registry};
use vivarium::tracing::Bridge;
use vivarium_tests::{observer::observe, registered};

/// Writes down which spans it hears of.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.lock().expect("no test panicked").push(span.metadata().name());
    }
}

fn silent() -> Span {
    info!(name: "an event", "is no span");
    info_span!("silent")
}

#[test]
fn unless_another_layer_wants_it() {
    let is_loud = || filter_fn(|metadata| metadata.name() != "silent");
    let log = Log::default();

    with_default(Bridge::new(registry().with(log.clone()).with(is_loud())), || {
        info_span!("loud").in_scope(|| assert!(silent().is_disabled()));
    });
    assert_eq!(registered::named("loud").len(), 1);
    assert_eq!(registered::named("silent").len(), 0);
    assert_eq!(registered::named("an event").len(), 0);

    let subscriber = registry().with(log.clone().with_filter(is_loud())).with(Identity::new());
    let trace = observe(|| with_default(Bridge::new(subscriber), || silent().in_scope(|| ())));
    assert_eq!(trace, ["start silent #1 poll", "stop silent #1 poll", "start silent #1 drop", "stop silent #1 last"]);
    assert_eq!(registered::named("silent").len(), 1);
    assert_eq!(*log.0.lock().expect("no test panicked"), ["loud"]);
}
