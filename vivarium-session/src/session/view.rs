//! What of a session its sinks are told, and how briefly.
//!
//! A step passes four stages: what is in a span whose site is off is told of the span around it, what the filter doesn't admit
//! ends here, what is too deep is told of the span around it as well, and what repeats itself waits until its span is over.
//! None of them changes the books: the verdict is about all that arrived.

mod admission;
mod folding;
mod repeats;

use vivarium_sys::SiteId;

use self::admission::Admission;
use self::folding::Folding;
use self::repeats::{Counted, Repeats};
use super::step::Step;
use super::track::Emit;
use super::{SessionInfo, SiteTable};

/// How briefly a session is told.
///
/// ```
/// use vivarium_session::session::Brevity;
/// let brevity = Brevity { dedup: true, ..Brevity::default() };
/// assert_eq!(brevity.max_depth, None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Brevity {
    /// Whether an event that repeats another one of its span is told with it, when the span is over, as a count.
    pub dedup: bool,
    /// How many spans may be inside each other; what happens deeper is told of the span around.
    pub max_depth: Option<u16>,
}

/// What the sinks are told.
#[derive(Debug)]
pub(super) struct View {
    switched: Folding,
    admission: Admission,
    depth: Option<Folding>,
    repeats: Repeats,
}

impl View {
    pub(super) fn new(brevity: Brevity) -> Self {
        Self {
            switched: Folding::of_sites(),
            admission: Admission::new(),
            depth: brevity.max_depth.map(Folding::deeper_than),
            repeats: Repeats::new(if brevity.dedup { Counted::All } else { Counted::AsTheTableSays }),
        }
    }

    /// Takes a step.
    pub(super) fn step(&mut self, step: Step<'_>, info: &SessionInfo, sites: &SiteTable, emit: Emit<'_>) {
        let step = match self.switched.is_idle() {
            true => step,
            false => match self.switched.fold(step) {
                Some(step) => step,
                None => return,
            },
        };
        if !self.admission.admits(&step, info, sites) {
            return;
        }
        let step = match &mut self.depth {
            Some(limit) => limit.fold(step),
            None => Some(step),
        };
        if let Some(step) = step {
            self.repeats.step(step, emit);
        }
    }

    /// From now on the spans of these sites are told that start, or not.
    pub(super) fn switch(&mut self, on: bool, sites: &[SiteId]) {
        self.switched.switch(on, sites);
    }

    /// Tells what still waits: the session is over.
    pub(super) fn finish(&mut self, emit: Emit<'_>) {
        self.repeats.tell_all(emit);
    }

    /// How many events arrived that the filter didn't admit.
    pub(super) fn hidden(&self) -> u64 {
        self.admission.hidden()
    }
}
