//! What is attached to a file, in parts that come and go.
//!
//! What is attached to many sites at once cannot be detached from some of them. So whatever is left of a part is attached to
//! once more, and the part goes afterwards; in between its hits are told of twice, which the kernel side knows.

use std::collections::BTreeSet;
use std::fs::File;

use vivarium_sys::SiteId;

use crate::kernel::uprobe::{Attached, Points, Refusal, SpanPrograms};

/// How many looks must find no open span of a site that goes off: a thread that is made during one has its maker's spans.
const QUIET_LOOKS: u8 = 2;

/// What is attached to a file.
#[derive(Debug)]
pub(super) struct Parts {
    file: File,
    points: Points,
    parts: Vec<Part>,
}

/// What was attached to some sites at once.
#[derive(Debug)]
struct Part {
    sites: BTreeSet<SiteId>,
    attached: Attached,
    stage: Stage,
}

/// Whether spans of a part are seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    On,
    /// None that starts, but those are seen to their ends that have started. So many looks have found none.
    Leaving(u8),
}

impl Parts {
    /// Attaches to these sites, those that somebody wants; and what could not be attached to.
    pub(super) fn attach(
        programs: &SpanPrograms,
        file: File,
        points: Points,
        is_wanted: impl Fn(SiteId) -> bool,
    ) -> (Self, Vec<Refusal>) {
        let sites: BTreeSet<_> = points.sites().filter(|site| is_wanted(*site)).collect();
        let mut attached = programs.attach(&file, &points.only(|site| sites.contains(&site)));
        let refused = std::mem::take(&mut attached.refused);
        let points = points.only(|site| refused.iter().all(|refusal| refusal.point.site != site));
        let sites = points.sites().filter(|site| sites.contains(site)).collect();
        (Self { file, points, parts: vec![Part { sites, attached, stage: Stage::On }] }, refused)
    }

    /// The sites that could be attached to.
    pub(super) fn sites(&self) -> BTreeSet<SiteId> {
        self.points.sites().collect()
    }

    /// The sites of which anything is attached to.
    pub(super) fn held(&self) -> impl Iterator<Item = SiteId> {
        self.parts.iter().flat_map(|part| part.sites.iter().copied())
    }

    /// The sites whose spans are only seen to their ends.
    pub(super) fn leaving(&self) -> impl Iterator<Item = SiteId> {
        let leaving = self.parts.iter().filter(|part| part.stage != Stage::On);
        leaving.flat_map(|part| part.sites.iter().copied())
    }

    /// How many sites no spans are seen to start at.
    pub(super) fn count_off(&self) -> usize {
        let on = self.parts.iter().filter(|part| part.stage == Stage::On);
        self.sites().len() - on.map(|part| part.sites.len()).sum::<usize>()
    }

    /// From now on the spans are seen that start at these sites alone. What is not needed any more is to be dropped in the order
    /// in which it comes.
    pub(super) fn want(&mut self, programs: &SpanPrograms, wanted: &BTreeSet<SiteId>) -> Vec<Attached> {
        let mut unused = Vec::new();
        let mut on = BTreeSet::<SiteId>::new();
        for part in std::mem::take(&mut self.parts) {
            let (stay, go): (BTreeSet<_>, BTreeSet<_>) = part.sites.iter().partition(|site| wanted.contains(site));
            on.extend(&stay);
            match part.stage {
                Stage::On if go.is_empty() => self.parts.push(part),
                Stage::Leaving(_) if stay.is_empty() => self.parts.push(part),
                Stage::On if stay.is_empty() => {
                    let Part { sites, mut attached, .. } = part;
                    unused.push(attached.take_start());
                    self.parts.push(Part { sites, attached, stage: Stage::Leaving(0) });
                }
                Stage::Leaving(_) if go.is_empty() => {
                    let Part { sites, mut attached, .. } = part;
                    let points = self.points.only(|site| sites.contains(&site)).start_alone();
                    attached.set_start(programs.attach(&self.file, &points));
                    self.parts.push(Part { sites, attached, stage: Stage::On });
                }
                Stage::On | Stage::Leaving(_) => {
                    // The new before the old.
                    let leaving = self.points.only(|site| go.contains(&site)).without_start();
                    let attached = programs.attach(&self.file, &leaving);
                    self.parts.push(Part { sites: go, attached, stage: Stage::Leaving(0) });
                    let attached = programs.attach(&self.file, &self.points.only(|site| stay.contains(&site)));
                    self.parts.push(Part { sites: stay, attached, stage: Stage::On });
                    let mut old = part.attached;
                    unused.extend([old.take_start(), old]);
                }
            }
        }
        let new: BTreeSet<_> = self.points.sites().filter(|site| wanted.contains(site) && !on.contains(site)).collect();
        if !new.is_empty() {
            let attached = programs.attach(&self.file, &self.points.only(|site| new.contains(&site)));
            self.parts.push(Part { sites: new, attached, stage: Stage::On });
        }
        unused
    }

    /// What sees spans to their ends of which none is open any more, as `is_open` says.
    pub(super) fn let_go(&mut self, is_open: &BTreeSet<SiteId>) -> Vec<Attached> {
        let mut unused = Vec::new();
        self.parts.retain_mut(|part| {
            let Stage::Leaving(quiet) = &mut part.stage else { return true };
            *quiet = if part.sites.is_disjoint(is_open) { *quiet + 1 } else { 0 };
            let stays = *quiet < QUIET_LOOKS;
            if !stays {
                unused.push(std::mem::take(&mut part.attached));
            }
            stays
        });
        unused
    }

    /// All that is attached.
    pub(super) fn detach(&mut self) -> impl Iterator<Item = Attached> {
        self.parts.drain(..).map(|part| part.attached)
    }
}
