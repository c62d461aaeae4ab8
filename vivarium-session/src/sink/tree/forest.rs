//! Growing the tree: each step changes it, and what is over is folded into what is around it.

use foldhash::{HashMap, HashMapExt};
use vivarium_sys::event::{EventKind, Severity, TaskKind};
use vivarium_sys::probe::RaiseKind;

use super::branch::{Branch, Group, Line, What};
use super::branches::Branches;
use super::budget::Budget;
use super::node::{Growing, GrowingProcess, GrowingSpan, Node, NodeId, Nodes, Spot};
use super::trim::Trim;
use crate::filter::Filter;
use crate::record::{Comm, Tid, Time};
use crate::session::step::{
    EventStep, ImageId, Place, ProcessChange, ProcessStep, RaiseStep, Released, SpanId, Start, StartStep, Step, Stop,
    StopStep, Way,
};
use crate::sink::Context;
use crate::sink::phrase::{write_event, write_raise};

/// How deep the tree may be; what would be deeper grows beside its parent.
const MAX_DEPTH: u16 = 128;

/// The tree while it grows.
#[derive(Debug)]
pub(super) struct Forest {
    nodes: Nodes,
    spans: HashMap<SpanId, NodeId>,
    images: HashMap<ImageId, NodeId>,
    roots: Branches,
    budget: Budget,
    trim: Trim,
    order: u64,
    /// Room for the words of one event.
    words: String,
}

impl Forest {
    pub(super) fn new() -> Self {
        Self {
            nodes: Nodes::default(),
            spans: HashMap::new(),
            images: HashMap::new(),
            roots: Branches::default(),
            budget: Budget::default(),
            trim: Trim::of(&Filter::default()),
            order: 0,
            words: String::new(),
        }
    }

    /// The processes that nobody in the session made, with all that is in them.
    pub(super) fn roots(&self) -> &Branches {
        &self.roots
    }

    /// Shows less, before anything has happened.
    pub(super) fn trim(&mut self, trim: Trim) {
        self.trim = trim;
    }

    pub(super) fn step(&mut self, step: &Step<'_>, context: Context<'_>) {
        match step {
            Step::Event(event) => self.event(event),
            Step::Process(process) => self.process(process),
            Step::SpanStart(start) => self.start(start, context),
            Step::SpanStop(stop) => self.stop(stop),
            Step::SpanRaise(raise) => self.raise(raise),
            Step::Released(Released::Span(span)) => {
                let node = self.spans.remove(span);
                self.release(node);
            }
            Step::Released(Released::Image(image)) => {
                let node = self.images.remove(image);
                self.release(node);
            }
        }
    }

    fn event(&mut self, step: &EventStep<'_>) {
        self.name(step.image, step.head.tid, step.head.comm);
        // The process itself is the line of these.
        match step.event.spec.kind {
            EventKind::PROC_EXIT => return,
            EventKind::PROC_EXEC if !step.head.has_failed() => return,
            EventKind::PROC_FORK if is_process(step) => return,
            _ => {}
        }
        self.words.clear();
        write_event(&mut self.words, step.head.result, step.event);
        if matches!(step.place, Place::Inside(inside) if inside.way == Way::Deeper) {
            self.words.push_str(" (deeper)");
        }
        let row = step.event.spec;
        let line = self.written(row.name, row.severity, step.head.time);
        self.line(step.image, step.place, line, step.repeats.unwrap_or(1));
    }

    fn raise(&mut self, step: &RaiseStep<'_>) {
        self.name(step.image, step.head.tid, step.head.comm);
        let kind = match step.raise.kind {
            RaiseKind::Panic => "panic",
            RaiseKind::Error => "error",
        };
        self.words.clear();
        write_raise(&mut self.words, step.raise);
        let line = self.written(kind, Severity::High, step.head.time);
        self.line(step.image, step.place, line, 1);
    }

    /// A line with the words that were written.
    fn written(&self, kind: &'static str, severity: Severity, time: Time) -> Line {
        Line { kind, severity, detail: self.words.as_str().into(), time }
    }

    /// Adds a line that stands for so many.
    fn line(&mut self, image: ImageId, place: Place, line: Line, count: u64) {
        let spot = self.spot(image, place);
        let branch = Branch { order: self.next(), count, what: What::Line(line) };
        self.add(Some(spot), branch);
    }

    fn start(&mut self, step: &StartStep, context: Context<'_>) {
        self.name(step.image, step.tid, step.comm);
        if let Some(node) = self.spans.get(&step.span)
            && let Growing::Span(span) = &mut self.nodes.get_mut(*node).what
        {
            span.site = step.site;
            if let Start::Polled { count } = step.how {
                span.polls = count;
            }
            return;
        }
        let spot = match step.parent {
            // It is told to start in none, but whether it does is not known.
            Place::Unknown => Spot { node: self.image_node(step.image), group: Some(Group::Unknown) },
            Place::Outside => {
                let node = self.image_node(step.image);
                Spot { node, group: (!self.nodes.get(node).is_outside()).then_some(Group::Outside) }
            }
            Place::Inside(_) => self.spot(step.image, step.parent),
        };
        let started = (step.how != Start::Missed).then_some(step.time);
        let polls = u32::from(matches!(step.how, Start::Polled { .. }));
        let is_asked_for =
            || context.sites.get(step.site).is_some_and(|site| context.info.filter.limits.name_site(site));
        let what = Growing::Span(GrowingSpan {
            image: step.image,
            is_shown: self.trim.quiet_spans || is_asked_for(),
            site: step.site,
            started,
            end: Stop::Unfinished,
            elapsed: std::time::Duration::ZERO,
            polls,
        });
        let node = self.grow(Some(spot), what);
        self.spans.insert(step.span, node);
    }

    fn stop(&mut self, step: &StopStep) {
        let Some(node) = self.spans.get(&step.span) else { return };
        if let Growing::Span(span) = &mut self.nodes.get_mut(*node).what
            && step.how.is_last()
        {
            span.site = step.site;
            span.end = step.how;
            span.elapsed = span.started.map_or(std::time::Duration::ZERO, |started| step.time.since(started));
        }
    }

    fn process(&mut self, step: &ProcessStep<'_>) {
        let is_named = !matches!(step.change, ProcessChange::Found);
        let mut process =
            GrowingProcess { origin: None, pid: step.pid, comm: step.comm, is_named, status: None, inherits: false };
        let spot = match step.change {
            ProcessChange::Exited { status } => {
                let node = self.image_node(step.image);
                if let Growing::Process(process) = &mut self.nodes.get_mut(node).what {
                    process.status = status;
                }
                return;
            }
            ProcessChange::Found => None,
            ProcessChange::Forked { parent, place, .. } => {
                process.inherits = place.span().is_some();
                process.origin = self.origin(EventKind::PROC_FORK, step, || format!("child={}", step.pid));
                Some(self.spot(parent, place))
            }
            ProcessChange::Executed { before, place, event } => {
                if self.is_untouched_root(before) {
                    self.rename(before, step);
                    return;
                }
                process.inherits = place.span().is_some();
                process.origin = self.origin(EventKind::PROC_EXEC, step, || {
                    let mut words = String::new();
                    write_event(&mut words, None, event);
                    words
                });
                Some(self.spot(before, place))
            }
        };
        let node = self.grow(spot, Growing::Process(Box::new(process)));
        self.images.insert(step.image, node);
    }

    /// Whether it is a process that nobody made and that has done nothing: what it executes first is what was asked for.
    fn is_untouched_root(&self, image: ImageId) -> bool {
        self.images.get(&image).is_some_and(|node| {
            let node = self.nodes.get(*node);
            node.spot.is_none() && node.growing == 0 && node.inner.in_order().is_empty()
        })
    }

    fn rename(&mut self, before: ImageId, step: &ProcessStep<'_>) {
        let Some(node) = self.images.remove(&before) else { return };
        self.images.insert(step.image, node);
        if let Growing::Process(process) = &mut self.nodes.get_mut(node).what {
            (process.comm, process.is_named) = (step.comm, true);
        }
    }

    fn name(&mut self, image: ImageId, tid: Tid, comm: Comm) {
        let process = self.image_node(image);
        self.nodes.name(process, tid, comm);
    }

    /// Where something in this place of this image is shown.
    fn spot(&mut self, image: ImageId, place: Place) -> Spot {
        let process = self.image_node(image);
        let group = match place {
            Place::Unknown => Some(Group::Unknown),
            Place::Outside => Some(Group::Outside),
            Place::Inside(inside) => {
                if let Some(node) = self.spans.get(&inside.span).copied()
                    && matches!(&self.nodes.get(node).what, Growing::Span(span) if span.image == image)
                {
                    return Spot { node, group: None };
                }
                // The span is one of the process that made this one, which is shown inside of it.
                let inherits = matches!(&self.nodes.get(process).what, Growing::Process(process) if process.inherits);
                if inherits { None } else { Some(Group::Unknown) }
            }
        };
        Spot { node: process, group }
    }

    /// The node of an image; one that was never told of is found here.
    fn image_node(&mut self, image: ImageId) -> NodeId {
        debug_assert!(self.images.contains_key(&image), "a process is told of before what it does");
        self.images[&image]
    }

    fn grow(&mut self, spot: Option<Spot>, what: Growing) -> NodeId {
        let spot = spot.map(|spot| self.not_too_deep(spot));
        let depth = spot.map_or(0, |spot| {
            let parent = self.nodes.get_mut(spot.node);
            parent.growing += 1;
            parent.depth + 1
        });
        let order = self.next();
        self.nodes.add(Node { spot, order, depth, growing: 0, released: false, what, inner: Branches::default() })
    }

    fn not_too_deep(&self, mut spot: Spot) -> Spot {
        while self.nodes.get(spot.node).depth >= MAX_DEPTH
            && let Some(around) = self.nodes.get(spot.node).spot
        {
            spot = around;
        }
        spot
    }

    /// Nothing more happens to a node itself; it is folded when nothing grows on it any more.
    fn release(&mut self, node: Option<NodeId>) {
        let Some(node) = node else { return };
        self.nodes.get_mut(node).released = true;
        let mut next = Some(node);
        while let Some(id) = next {
            let node = self.nodes.get(id);
            if !node.released || node.growing > 0 {
                return;
            }
            let node = self.nodes.remove(id);
            let spot = node.spot;
            let branch = node.fold();
            if branch.is_worth_showing() || spot.is_none() {
                self.add(spot, branch);
            }
            next = spot.map(|spot| spot.node);
            if let Some(parent) = next {
                self.nodes.get_mut(parent).growing -= 1;
            }
        }
    }

    fn add(&mut self, spot: Option<Spot>, branch: Branch) {
        let Some(Spot { node, group }) = spot else { return self.roots.add(branch, &mut self.budget) };
        let inner = &mut self.nodes.get_mut(node).inner;
        match group {
            Some(group) => inner.group(group, &mut self.budget).add(branch, &mut self.budget),
            None => inner.add(branch, &mut self.budget),
        }
    }

    /// The line that tells how a process came to be there, if such lines are shown.
    fn origin(&self, kind: EventKind, step: &ProcessStep<'_>, detail: impl FnOnce() -> String) -> Option<Line> {
        let row = kind.spec().filter(|_| self.trim.shows(kind))?;
        let (kind, severity, time) = (row.name, row.severity, step.time.unwrap_or(Time(0)));
        Some(Line { kind, severity, detail: detail().into(), time })
    }

    fn next(&mut self) -> u64 {
        self.order += 1;
        self.order
    }
}

/// Whether what begins is a process, which is shown as such, and not only a thread.
fn is_process(fork: &EventStep<'_>) -> bool {
    fork.event.number(2) == Some(TaskKind::Process as u64)
}
