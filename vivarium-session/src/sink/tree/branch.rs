//! What is over, folded: one branch stands for all that look alike.

use std::hash::{BuildHasher, Hash, Hasher};
use std::time::Duration;

use foldhash::fast::FixedState;
use vivarium_sys::SiteId;
use vivarium_sys::event::Severity;

use super::branches::Branches;
use crate::record::value::ExitStatus;
use crate::record::{Comm, Pid, Time};
use crate::session::step::Stop;

/// What hangs below a span or a process: one thing, or several that look alike.
#[derive(Debug)]
pub(super) struct Branch {
    /// Its place among the others.
    pub(super) order: u64,
    /// For how many it stands.
    pub(super) count: u64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Line(Line),
    Span(Box<SpanBranch>),
    Process(Box<ProcessBranch>),
    Group(Group, Branches),
}

/// An event or a raise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    pub(super) detail: Box<str>,
    /// When the first one was.
    pub(super) time: Time,
}

/// Spans of one site that did the same.
#[derive(Debug)]
pub(super) struct SpanBranch {
    /// Whether it is shown also if nothing is in it.
    pub(super) is_shown: bool,
    pub(super) site: SiteId,
    pub(super) end: Stop,
    /// When the first one started.
    pub(super) started: Option<Time>,
    /// How long they were, all together.
    pub(super) total: Duration,
    pub(super) polls: u64,
    pub(super) inner: Branches,
}

/// Processes that did the same.
#[derive(Debug)]
pub(super) struct ProcessBranch {
    /// How it came to be there.
    pub(super) origin: Option<Line>,
    /// The first one.
    pub(super) pid: Pid,
    pub(super) comm: Option<Comm>,
    pub(super) status: Option<ExitStatus>,
    pub(super) inner: Branches,
}

/// What isn't in a span that is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub(super) enum Group {
    /// In none.
    Outside,
    /// In one that isn't known.
    Unknown,
}

impl Branch {
    /// The same for branches that look alike, and seldom for others.
    pub(super) fn shape(&self) -> u64 {
        let mut hasher = FixedState::default().build_hasher();
        match &self.what {
            What::Line(line) => (0_u8, line.kind, &line.detail).hash(&mut hasher),
            What::Span(span) => {
                (1_u8, span.site.0, span.end as u8).hash(&mut hasher);
                if !span.inner.is_quiet() {
                    span.inner.shape().hash(&mut hasher);
                }
            }
            What::Process(process) => {
                let origin = process.origin.as_ref().map(|line| (line.kind, &line.detail));
                (2_u8, origin, process.comm, process.status.map(|status| status.0)).hash(&mut hasher);
                process.inner.shape().hash(&mut hasher);
            }
            What::Group(group, inner) => (3_u8, group, inner.shape()).hash(&mut hasher),
        }
        hasher.finish()
    }

    /// Whether they look alike: whether one line can stand for both, and their insides can too.
    ///
    /// Spans without an event in them are alike whatever spans they hold.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Line(one), What::Line(two)) => one.kind == two.kind && one.detail == two.detail,
            (What::Span(one), What::Span(two)) => {
                let quiet = (one.inner.is_quiet(), two.inner.is_quiet());
                let inside = quiet == (true, true) || quiet == (false, false) && one.inner.is_like(&two.inner);
                one.site == two.site && one.end == two.end && inside
            }
            (What::Process(one), What::Process(two)) => {
                let origin =
                    |process: &ProcessBranch| process.origin.as_ref().map(|line| (line.kind, line.detail.clone()));
                origin(one) == origin(two)
                    && one.comm == two.comm
                    && one.status == two.status
                    && one.inner.is_like(&two.inner)
            }
            (What::Group(one, inside), What::Group(two, other)) => one == two && inside.is_like(other),
            _ => false,
        }
    }

    /// Whether it holds no event.
    pub(super) fn is_quiet(&self) -> bool {
        match &self.what {
            What::Span(span) => span.inner.is_quiet(),
            What::Group(_, inner) => inner.is_quiet(),
            What::Line(_) | What::Process(_) => false,
        }
    }

    /// Whether there is a reason to show it: it is an event or was asked for, or holds such a thing.
    pub(super) fn is_worth_showing(&self) -> bool {
        match &self.what {
            What::Span(span) => span.is_shown || !span.inner.is_empty(),
            What::Process(process) => process.origin.is_some() || !process.inner.is_empty(),
            What::Line(_) | What::Group(..) => true,
        }
    }

    /// How many bytes it takes, without what is in it.
    pub(super) fn own_bytes(&self) -> usize {
        let rest = match &self.what {
            What::Line(line) => line.detail.len(),
            What::Span(_) => size_of::<SpanBranch>(),
            What::Process(process) => {
                size_of::<ProcessBranch>() + process.origin.as_ref().map_or(0, |line| line.detail.len())
            }
            What::Group(..) => 0,
        };
        size_of::<Self>() + size_of::<u64>() + rest
    }

    /// What is in it.
    pub(super) fn inner(&self) -> Option<&Branches> {
        match &self.what {
            What::Line(_) => None,
            What::Span(span) => Some(&span.inner),
            What::Process(process) => Some(&process.inner),
            What::Group(_, inner) => Some(inner),
        }
    }
}
