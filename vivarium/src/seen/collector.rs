//! Keeping what a session tells.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use vivarium_session::accounting::{Gap, Missing};
use vivarium_session::record::{Comm, Pid};
use vivarium_session::session::step::{EventStep, Place, ProcessChange, Released, SpanId, StartStep};
use vivarium_session::session::{Kinds, Step, Summary};
use vivarium_session::sink::{Context, Sink};
use vivarium_sys::event::Backend;

use super::{Event, Span};

/// How many events are kept; what does more is not for assertions about single events.
const MAX_EVENTS: usize = 1 << 18;
/// How many spans are remembered that are over: what was begun in an inner one may go on and tell of those around it.
const MAX_RELEASED: usize = 1 << 12;

/// What a session came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collected {
    pub(crate) events: Vec<Event>,
    /// What the session says is missing; nothing is known of that before its end.
    pub(crate) missing: Option<Vec<Missing>>,
    pub(crate) backend: Option<Backend>,
    pub(crate) kinds: Kinds,
    pub(crate) not_visible: Vec<Gap>,
    /// The process that was observed.
    pub(crate) pid: Option<Pid>,
    /// How many events found no room.
    pub(crate) beyond: u64,
}

impl Collected {
    /// Takes what was collected, when the session is over.
    pub(crate) fn take(shared: &Mutex<Self>) -> Self {
        std::mem::take(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A sink that keeps events. Whoever holds the other end of `collected` has them when the session is over.
#[derive(Debug)]
pub(crate) struct Collector {
    collected: Arc<Mutex<Collected>>,
    /// The spans that are open, or that something still refers to.
    spans: HashMap<SpanId, Arc<Span>>,
    /// The oldest first.
    released: VecDeque<SpanId>,
    /// What the processes are called.
    comms: HashMap<Pid, Comm>,
}

impl Collector {
    /// A collector, and where to find what it collects.
    pub(crate) fn new() -> (Self, Arc<Mutex<Collected>>) {
        let collected = Arc::default();
        let collector = Self {
            collected: Arc::clone(&collected),
            spans: HashMap::new(),
            released: VecDeque::new(),
            comms: HashMap::new(),
        };
        (collector, collected)
    }

    fn change(&self, change: impl FnOnce(&mut Collected)) {
        change(&mut self.collected.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn start(&mut self, step: &StartStep, context: Context<'_>) {
        let comm = self.comms.get(&step.pid).copied();
        let span = Span::of(step.span, step.pid, comm, context.sites.get(step.site));
        self.spans.insert(step.span, Arc::new(span));
    }

    fn event(&mut self, step: &EventStep<'_>, context: Context<'_>) {
        let mut spans: Vec<_> = step.stack.iter().flatten().filter_map(|span| self.spans.get(span)).cloned().collect();
        // A span whose start was missed gets known by what happens in it.
        if let (Place::Inside(place), Some(last)) = (step.place, spans.last_mut())
            && last.id == place.span
            && last.file.is_empty()
            && let Some(site) = context.sites.get(place.site)
        {
            *last = Arc::new(Span::of(place.span, last.pid, last.comm, Some(site)));
            self.spans.insert(place.span, Arc::clone(last));
        }
        let Some(kept) = Event::keep(step.raw, spans.into()) else { return };
        // Those that repeat each other are told once, and kept one by one, to be counted.
        let count = step.repeats.unwrap_or(1);
        self.change(|collected| {
            let room = (MAX_EVENTS - collected.events.len()) as u64;
            collected.events.extend((0..count.min(room)).map(|_| kept.clone()));
            collected.beyond += count.saturating_sub(room);
        });
    }
}

impl Sink for Collector {
    fn name(&self) -> &'static str {
        "observation"
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.change(|collected| {
            collected.backend = Some(context.info.backend);
            collected.kinds = context.info.kinds.clone();
            collected.not_visible.clone_from(&context.info.not_visible);
            collected.pid = Some(context.info.pid);
        });
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        match step {
            Step::SpanStart(start) => self.start(start, context),
            Step::Event(event) => self.event(event, context),
            Step::Process(process) => {
                self.comms.extend(process.comm.map(|comm| (process.pid, comm)));
                if matches!(process.change, ProcessChange::Exited { .. }) {
                    self.comms.remove(&process.pid);
                }
            }
            Step::Released(Released::Span(span)) => {
                self.released.push_back(*span);
                if self.released.len() > MAX_RELEASED {
                    self.released.pop_front().and_then(|oldest| self.spans.remove(&oldest));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary, _: Context<'_>) -> io::Result<()> {
        self.change(|collected| collected.missing = Some(summary.verdict.missing().to_vec()));
        Ok(())
    }
}
