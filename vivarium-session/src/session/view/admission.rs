//! What the filter admits.

use foldhash::{HashSet, HashSetExt};
use vivarium_sys::event::EventKind;

use crate::filter::Limits;
use crate::session::step::{Place, Released, SpanId, Step};
use crate::session::{Kinds, SessionInfo, SiteTable};

/// Looks at each step as the filter says.
#[derive(Debug)]
pub(super) struct Admission {
    /// The kinds that are shown, once the filter has been read.
    shown: Option<Kinds>,
    /// The open spans that the filter names.
    named: HashSet<SpanId>,
    hidden: u64,
}

impl Admission {
    pub(super) fn new() -> Self {
        Self { shown: None, named: HashSet::new(), hidden: 0 }
    }

    /// Whether a step is told. Processes and spans always are, since what is told refers to them.
    pub(super) fn admits(&mut self, step: &Step<'_>, info: &SessionInfo, sites: &SiteTable) -> bool {
        if info.filter.is_default() {
            return true;
        }
        let limits = &info.filter.limits;
        match step {
            Step::Event(event) => {
                let is_admitted = self.shows(event.event.spec.kind, info)
                    && limits.admit_thread(event.head)
                    && self.admits_span(limits, event.place, event.stack)
                    && limits.admit_paths(event.event);
                self.hidden += u64::from(!is_admitted);
                is_admitted
            }
            Step::SpanRaise(raise) => {
                limits.admit_thread(raise.head)
                    && self.admits_span(limits, raise.place, raise.stack)
                    && !limits.ask_for_paths()
            }
            Step::SpanStart(start) => {
                if limits.ask_for_spans() && sites.get(start.site).is_some_and(|site| limits.name_site(site)) {
                    self.named.insert(start.span);
                }
                true
            }
            Step::Released(Released::Span(span)) => {
                self.named.remove(span);
                true
            }
            Step::Process(_) | Step::SpanStop(_) | Step::Released(Released::Image(_)) => true,
        }
    }

    /// How many events were not admitted.
    pub(super) fn hidden(&self) -> u64 {
        self.hidden
    }

    fn shows(&mut self, kind: EventKind, info: &SessionInfo) -> bool {
        self.shown.get_or_insert_with(|| info.filter.kinds()).contains(kind)
    }

    fn admits_span(&self, limits: &Limits, place: Place, stack: &[Option<SpanId>]) -> bool {
        let innermost = place.span();
        !limits.ask_for_spans() || stack.iter().chain([&innermost]).flatten().any(|span| self.named.contains(span))
    }
}
