//! A subscriber that writes down everything it hears, and answers such that a changed answer shows.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_core::span::Current;

/// How a line begins, for each method that a program can make `tracing` call.
pub(crate) const METHODS: [&str; 15] = [
    "on_register_dispatch",
    "register_callsite",
    "enabled",
    "max_level_hint",
    "new_span",
    "record",
    "record_follows_from",
    "event_enabled",
    "event ",
    "enter",
    "exit",
    "clone_span",
    "try_close",
    "current_span",
    "downcast_raw",
];

/// What is inside of the subscriber.
pub(crate) struct Inside(pub(crate) &'static str);

/// The subscriber.
pub(crate) struct Recorder {
    log: Arc<Mutex<Vec<String>>>,
    inside: Inside,
    spans: Mutex<HashMap<Id, Open>>,
    entered: Mutex<Vec<Id>>,
    asked: AtomicU64,
}

struct Open {
    metadata: &'static Metadata<'static>,
    handles: u32,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            log: Arc::default(),
            inside: Inside("what is inside"),
            spans: Mutex::default(),
            entered: Mutex::default(),
            asked: AtomicU64::new(0),
        }
    }
}

impl Recorder {
    /// What it heard, and will hear.
    pub(crate) fn log(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.log)
    }

    fn hear(&self, what: impl Display) {
        self.log.lock().unwrap().push(what.to_string());
    }
}

impl Subscriber for Recorder {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.hear(format_args!("on_register_dispatch, which is a recorder: {}", dispatch.is::<Self>()));
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.hear(format_args!("register_callsite {}", metadata.name()));
        match metadata.name() {
            "never" => Interest::never(),
            "sometimes" => Interest::sometimes(),
            _ if *metadata.level() == Level::DEBUG => Interest::sometimes(),
            _ => Interest::always(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.hear(format_args!("enabled {}", metadata.name()));
        metadata.name() != "sometimes" || self.asked.fetch_add(1, Ordering::Relaxed) % 2 == 1
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.hear("max_level_hint");
        Some(LevelFilter::DEBUG)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut spans = self.spans.lock().unwrap();
        let id = Id::from_u64(10 + spans.len() as u64);
        self.hear(format_args!("new_span {} as {}: {span:?}", span.metadata().name(), id.into_u64()));
        spans.insert(id.clone(), Open { metadata: span.metadata(), handles: 1 });
        id
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.hear(format_args!("record {}: {values:?}", span.into_u64()));
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.hear(format_args!("record_follows_from {}: {}", span.into_u64(), follows.into_u64()));
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.hear(format_args!("event_enabled {}", event.metadata().name()));
        *event.metadata().level() != Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        self.hear(format_args!("event {event:?}"));
    }

    fn enter(&self, span: &Id) {
        self.hear(format_args!("enter {}", span.into_u64()));
        self.entered.lock().unwrap().push(span.clone());
    }

    fn exit(&self, span: &Id) {
        self.hear(format_args!("exit {}", span.into_u64()));
        let mut entered = self.entered.lock().unwrap();
        if let Some(at) = entered.iter().rposition(|id| id == span) {
            entered.remove(at);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.hear(format_args!("clone_span {}", id.into_u64()));
        match self.spans.lock().unwrap().get_mut(id) {
            Some(open) => {
                open.handles += 1;
                id.clone()
            }
            None => Id::from_u64(1000 + id.into_u64()),
        }
    }

    fn try_close(&self, id: Id) -> bool {
        self.hear(format_args!("try_close {}", id.into_u64()));
        let mut spans = self.spans.lock().unwrap();
        let Some(open) = spans.get_mut(&id) else { return false };
        open.handles -= 1;
        open.handles == 0
    }

    fn drop_span(&self, id: Id) {
        self.hear(format_args!("drop_span {}", id.into_u64()));
    }

    fn current_span(&self) -> Current {
        self.hear("current_span");
        let entered = self.entered.lock().unwrap().last().cloned();
        let spans = self.spans.lock().unwrap();
        entered.map_or_else(Current::none, |id| {
            let metadata = spans[&id].metadata;
            Current::new(id, metadata)
        })
    }

    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        let asks = [(TypeId::of::<Self>(), "itself"), (TypeId::of::<Inside>(), "its inside")];
        let asked = asks.into_iter().find(|(asked, _)| *asked == id).map(|(_, name)| name);
        self.hear(format_args!("downcast_raw to {}", asked.unwrap_or("something else")));
        match asked? {
            "itself" => Some(std::ptr::from_ref(self).cast()),
            _ => Some(std::ptr::from_ref(&self.inside).cast()),
        }
    }
}
