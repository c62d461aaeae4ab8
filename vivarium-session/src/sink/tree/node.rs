//! What is not over yet: the open spans and the running processes.

use std::time::Duration;

use vivarium_sys::SiteId;

use super::branch::{Branch, Group, Line, ProcessBranch, SpanBranch, What};
use super::branches::Branches;
use crate::record::value::ExitStatus;
use crate::record::{Comm, Pid, Tid, Time};
use crate::session::step::{ImageId, Stop};

/// Refers to a node until it is folded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NodeId(u32);

/// Where a branch grows: at a node, or in a group there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spot {
    pub(super) node: NodeId,
    pub(super) group: Option<Group>,
}

/// An open span or a running process.
#[derive(Debug)]
pub(super) struct Node {
    /// Where it will be when it is over; nowhere for a process that nobody made.
    pub(super) spot: Option<Spot>,
    pub(super) order: u64,
    /// How far it is from its root.
    pub(super) depth: u16,
    /// How many nodes grow on it.
    pub(super) growing: u32,
    /// Whether nothing more happens to it itself.
    pub(super) released: bool,
    pub(super) what: Growing,
    pub(super) inner: Branches,
}

#[derive(Debug)]
pub(super) enum Growing {
    Span(GrowingSpan),
    Process(Box<GrowingProcess>),
}

#[derive(Debug)]
pub(super) struct GrowingSpan {
    /// Whether it is shown also if nothing is in it.
    pub(super) is_shown: bool,
    pub(super) image: ImageId,
    pub(super) site: SiteId,
    pub(super) started: Option<Time>,
    pub(super) end: Stop,
    pub(super) elapsed: Duration,
    pub(super) polls: u32,
}

#[derive(Debug)]
pub(super) struct GrowingProcess {
    pub(super) origin: Option<Line>,
    pub(super) pid: Pid,
    pub(super) comm: Option<Comm>,
    /// Whether that is the name of its main thread, which is that of the process.
    pub(super) is_named: bool,
    pub(super) status: Option<ExitStatus>,
    /// Whether it began inside a span, which is shown around it.
    pub(super) inherits: bool,
}

impl Node {
    /// Whether it hangs in no span, so that what hangs on it is in none either unless it says so.
    pub(super) fn is_outside(&self) -> bool {
        self.spot.is_none_or(|spot| spot.group == Some(Group::Outside))
    }

    /// What it is when it is over.
    pub(super) fn fold(self) -> Branch {
        let is_outside = self.is_outside();
        let mut inner = self.inner;
        let what = match self.what {
            Growing::Span(GrowingSpan { is_shown, site, started, end, elapsed, polls, .. }) => {
                let (total, polls) = (elapsed, polls.into());
                What::Span(Box::new(SpanBranch { is_shown, site, end, started, total, polls, inner }))
            }
            Growing::Process(process) => {
                let GrowingProcess { origin, pid, comm, status, .. } = *process;
                // Where there are no spans, everything is outside of them, and it needn't be said.
                if is_outside
                    && let Some(Branch { what: What::Group(Group::Outside, _), .. }) = inner.only()
                    && let Some(Branch { what: What::Group(_, outside), .. }) = inner.take_only()
                {
                    inner = outside;
                }
                // A process that only executes another program is shown as that.
                let is_step = |branch: &Branch| matches!(&branch.what, What::Process(next) if next.pid == pid);
                if self.spot.is_some()
                    && inner.only().is_some_and(is_step)
                    && let Some(next) = inner.take_only()
                {
                    return Branch { order: self.order, ..next };
                }
                What::Process(Box::new(ProcessBranch { origin, pid, comm, status, inner }))
            }
        };
        Branch { order: self.order, count: 1, what }
    }
}

/// The nodes.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    slots: Vec<Option<Node>>,
    free: Vec<u32>,
}

impl Nodes {
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("far fewer spans are open than that")
        });
        self.slots[slot as usize] = Some(node);
        NodeId(slot)
    }

    pub(super) fn get(&self, id: NodeId) -> &Node {
        self.slots[id.0 as usize].as_ref().expect("a node is used until it is folded")
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> &mut Node {
        self.slots[id.0 as usize].as_mut().expect("a node is used until it is folded")
    }

    /// A thread of this process has a name.
    pub(super) fn name(&mut self, process: NodeId, tid: Tid, comm: Comm) {
        if let Growing::Process(process) = &mut self.get_mut(process).what
            && !process.is_named
            && process.pid.0 == tid.0
        {
            (process.comm, process.is_named) = (Some(comm), true);
        }
    }

    pub(super) fn remove(&mut self, id: NodeId) -> Node {
        self.free.push(id.0);
        self.slots[id.0 as usize].take().expect("a node is folded once")
    }
}
