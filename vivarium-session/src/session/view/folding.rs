//! Spans that are too deep, or whose sites are off, folded into the span around them.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use vivarium_sys::SiteId;

use crate::session::step::{
    EventStep, Inside, Place, ProcessChange, ProcessStep, RaiseStep, Released, SpanId, StartStep, Step, Way,
};

/// Tells what happens in some spans of the span around each. Nothing is lost, but where exactly it was.
#[derive(Debug)]
pub(super) struct Folding {
    /// How many may be inside each other.
    limit: Option<u16>,
    /// The sites whose spans are folded that start from now on.
    off: HashSet<SiteId>,
    /// How deep the spans are that are told of, if that matters.
    told: HashMap<SpanId, u16>,
    /// For each that isn't, where it is told to be.
    folded: HashMap<SpanId, Place>,
    /// Room for the stack of one event.
    stack: Vec<Option<SpanId>>,
}

impl Folding {
    /// Folds what is deeper.
    pub(super) fn deeper_than(limit: u16) -> Self {
        Self { limit: Some(limit), ..Self::of_sites() }
    }

    /// Folds nothing until sites are switched off.
    pub(super) fn of_sites() -> Self {
        Self { limit: None, off: HashSet::new(), told: HashMap::new(), folded: HashMap::new(), stack: Vec::new() }
    }

    /// From now on the spans of these sites are folded that start, or no more.
    pub(super) fn switch(&mut self, on: bool, sites: &[SiteId]) {
        for site in sites {
            match on {
                true => self.off.remove(site),
                false => self.off.insert(*site),
            };
        }
    }

    /// Whether there is nothing to fold.
    pub(super) fn is_idle(&self) -> bool {
        self.limit.is_none() && self.off.is_empty() && self.folded.is_empty()
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
        let is_told = !self.off.contains(&start.site) && self.limit.is_none_or(|limit| self.fits(start, limit));
        if !is_told {
            self.folded.insert(start.span, place);
        }
        is_told
    }

    /// Whether a span that starts is not too deep.
    fn fits(&mut self, start: &StartStep, limit: u16) -> bool {
        let around = match start.parent {
            Place::Inside(inside) if self.folded.contains_key(&inside.span) => limit,
            Place::Inside(inside) => self.told.get(&inside.span).copied().unwrap_or(0),
            Place::Outside | Place::Unknown => 0,
        };
        let fits = around < limit;
        if fits {
            self.told.insert(start.span, around + 1);
        }
        fits
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
