//! What of a session its sinks are told, and how briefly.
//!
//! A step passes three stages: what the filter doesn't admit ends here, what is too deep is told of the span around it, and
//! what repeats itself waits until its span is over. None of them changes the books: the verdict is about all that arrived.

mod admission;
mod depth;
mod repeats;

use self::admission::Admission;
use self::depth::DepthLimit;
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
    admission: Admission,
    depth: Option<DepthLimit>,
    repeats: Repeats,
}

impl View {
    pub(super) fn new(brevity: Brevity) -> Self {
        Self {
            admission: Admission::new(),
            depth: brevity.max_depth.map(DepthLimit::new),
            repeats: Repeats::new(if brevity.dedup { Counted::All } else { Counted::AsTheTableSays }),
        }
    }

    /// Takes a step, and the record that it follows from, if there is one.
    pub(super) fn step(
        &mut self,
        step: Step<'_>,
        raw: Option<&[u8]>,
        info: &SessionInfo,
        sites: &SiteTable,
        emit: Emit<'_>,
    ) {
        if !self.admission.admits(&step, info, sites) {
            return;
        }
        let step = match &mut self.depth {
            Some(limit) => limit.fold(step),
            None => Some(step),
        };
        if let Some(step) = step {
            self.repeats.step(step, raw, emit);
        }
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
