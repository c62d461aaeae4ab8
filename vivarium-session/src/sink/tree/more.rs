//! The sum of what a tree has no room to show.

use std::collections::BTreeMap;
use std::time::Duration;

use vivarium_sys::SiteId;

use super::branch::{Branch, What};

/// The sum of branches: how many of each kind, with all that was in them.
#[derive(Debug, Default)]
pub(super) struct More {
    /// How many branches were not shown themselves.
    pub(super) branches: u64,
    pub(super) lines: BTreeMap<&'static str, u64>,
    pub(super) spans: BTreeMap<SiteId, SpanSum>,
    pub(super) processes: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SpanSum {
    pub(super) count: u64,
    pub(super) total: Duration,
}

impl More {
    /// Adds a branch that is not shown.
    pub(super) fn add_branch(&mut self, branch: &Branch) {
        self.branches += branch.count;
        self.add_all(branch);
    }

    fn add_all(&mut self, branch: &Branch) {
        match &branch.what {
            What::Line(line) => *self.lines.entry(line.kind).or_default() += branch.count,
            What::Span(span) => {
                let sum = self.spans.entry(span.site).or_default();
                sum.count += branch.count;
                sum.total += span.total;
            }
            What::Process(process) => {
                self.processes += branch.count;
                if let Some(origin) = &process.origin {
                    *self.lines.entry(origin.kind).or_default() += branch.count;
                }
            }
            What::Group(..) => {}
        }
        if let Some(inner) = branch.inner() {
            inner.in_order().into_iter().for_each(|inner| self.add_all(inner));
            inner.more().into_iter().for_each(|more| self.add_contents(more));
        }
    }

    /// Adds another sum.
    pub(super) fn add(&mut self, other: &Self) {
        self.branches += other.branches;
        self.add_contents(other);
    }

    fn add_contents(&mut self, other: &Self) {
        self.processes += other.processes;
        for (kind, count) in &other.lines {
            *self.lines.entry(kind).or_default() += count;
        }
        for (site, sum) in &other.spans {
            let mine = self.spans.entry(*site).or_default();
            mine.count += sum.count;
            mine.total += sum.total;
        }
    }

    /// Whether no event is in it.
    pub(super) fn is_quiet(&self) -> bool {
        self.lines.is_empty() && self.processes == 0
    }
}
