//! Spans that are too deep, folded into the span around them.

use foldhash::{HashMap, HashMapExt};

use crate::session::step::{
    EventStep, Inside, Place, ProcessChange, ProcessStep, RaiseStep, Released, SpanId, StartStep, Step, Way,
};

/// Tells what happens deeper of the span around it. Nothing is lost, but where exactly it was.
#[derive(Debug)]
pub(super) struct DepthLimit {
    limit: u16,
    /// How deep the spans are that are told of.
    told: HashMap<SpanId, u16>,
    /// For each that isn't, where it is told to be.
    folded: HashMap<SpanId, Place>,
    /// Room for the stack of one event.
    stack: Vec<Option<SpanId>>,
}

impl DepthLimit {
    pub(super) fn new(limit: u16) -> Self {
        Self { limit, told: HashMap::new(), folded: HashMap::new(), stack: Vec::new() }
    }

    /// The step as it is told, if it is.
    pub(super) fn fold<'s>(&'s mut self, step: Step<'s>) -> Option<Step<'s>> {
        Some(match step {
            Step::Event(event) => {
                let place = self.place(event.place);
                let stack = self.shorten(event.stack);
                Step::Event(EventStep { place, stack, ..event })
            }
            Step::SpanRaise(raise) => {
                let place = self.place(raise.place);
                let stack = self.shorten(raise.stack);
                Step::SpanRaise(RaiseStep { place, stack, ..raise })
            }
            Step::Process(process) => {
                let change = match process.change {
                    ProcessChange::Forked { parent, parent_pid, place } => {
                        ProcessChange::Forked { parent, parent_pid, place: self.place(place) }
                    }
                    ProcessChange::Executed { before, place, event } => {
                        ProcessChange::Executed { before, place: self.place(place), event }
                    }
                    change => change,
                };
                Step::Process(ProcessStep { change, ..process })
            }
            Step::SpanStart(start) => return self.start(&start).then_some(step),
            Step::SpanStop(stop) => return (!self.folded.contains_key(&stop.span)).then_some(step),
            Step::Released(Released::Span(span)) => {
                self.told.remove(&span);
                return self.folded.remove(&span).is_none().then_some(step);
            }
            Step::Released(Released::Image(_)) => step,
        })
    }

    /// Whether a span that starts is told of.
    fn start(&mut self, start: &StartStep) -> bool {
        if self.told.contains_key(&start.span) {
            return true;
        }
        if self.folded.contains_key(&start.span) {
            return false;
        }
        let place = self.place(start.parent);
        let around = match start.parent {
            Place::Inside(inside) if self.folded.contains_key(&inside.span) => self.limit,
            Place::Inside(inside) => self.told.get(&inside.span).copied().unwrap_or(0),
            Place::Outside | Place::Unknown => 0,
        };
        if around < self.limit {
            self.told.insert(start.span, around + 1);
            return true;
        }
        self.folded.insert(start.span, place);
        false
    }

    /// Where something is told to be.
    fn place(&self, place: Place) -> Place {
        match place {
            Place::Inside(inside) => match self.folded.get(&inside.span) {
                Some(Place::Inside(around)) => Place::Inside(Inside { way: Way::Folded, ..*around }),
                Some(around) => *around,
                None => place,
            },
            Place::Outside | Place::Unknown => place,
        }
    }

    fn shorten(&mut self, stack: &[Option<SpanId>]) -> &[Option<SpanId>] {
        self.stack.clear();
        let is_told = |span: &&Option<SpanId>| span.is_none_or(|span| !self.folded.contains_key(&span));
        self.stack.extend(stack.iter().filter(is_told));
        &self.stack
    }
}
