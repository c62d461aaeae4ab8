//! Where a record belongs: from the kernel's word to the session's spans.

use vivarium_sys::wire::MAX_DEPTH;
use vivarium_sys::{InstanceId, SiteId};

use super::spans::{Handle, Span, State, Under};
use super::thread::Frame;
use super::{Emit, Inherited, RecordFlags, Start, Step, Stop, Tracker, start_step};
use crate::record::{Head, Tid, Time};
use crate::session::step::{ImageId, Inside, Place, SpanId, Way};

/// How many spans around a thread are told, counting those that it inherited.
const MAX_FRAMES: usize = 4 * MAX_DEPTH;

impl Tracker {
    /// In which span the record's thread is. What was concluded before gives way.
    pub(super) fn locate(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) -> Place {
        if !head.instance.is_some() {
            self.heal(head.tid, None, head.time, emit);
            let known = head.site == SiteId::DYNAMIC && !head.flags.contains(RecordFlags::ENTERED_BEFORE);
            return if known { Place::Outside } else { Place::Unknown };
        }
        let inside = |span, way| Place::Inside(Inside { span, site: head.site, way });
        if head.flags.contains(RecordFlags::INHERITED) {
            self.heal(head.tid, None, head.time, emit);
            return inside(self.inherited_span(head, image, emit), Way::Inherited);
        }
        let Some(handle) = self.spans.find(image, head.instance) else {
            let inherited = self.threads.get_mut(head.tid).and_then(|thread| thread.inherited.find(head.instance));
            return match inherited {
                Some((_, span)) => inside(span, Way::Inherited),
                None => {
                    let handle = self.missed(head, image, emit);
                    self.heal_unless_deeper(head, handle, emit);
                    inside(handle.id, way(head))
                }
            };
        };
        if let Some(span) = self.spans.get_mut(handle) {
            span.site = head.site;
        }
        self.run_here(head, handle, emit);
        self.heal_unless_deeper(head, handle, emit);
        inside(handle.id, way(head))
    }

    /// What a span that starts now is inside of.
    pub(super) fn under(&mut self, head: &Head, image: ImageId, instance: InstanceId, emit: Emit<'_>) -> Under {
        if !instance.is_some() {
            self.heal(head.tid, None, head.time, emit);
            let unknown = head.flags.contains(RecordFlags::ENTERED_BEFORE);
            return if unknown { Under::Unknown } else { Under::Outside };
        }
        // The record has the instance alone; a later one may tell the site.
        let outer = Head { instance, site: SiteId::DYNAMIC, ..*head };
        // The span that starts is the first that the thread entered itself.
        if head.depth <= 1 {
            self.heal(head.tid, None, head.time, emit);
            self.inherited_span(&outer, image, emit);
            let thread = self.threads.get_mut(head.tid);
            return thread.map_or(Under::Unknown, |thread| Under::Inherited(thread.inherited.frames().len()));
        }
        if let Some(handle) = self.spans.find(image, instance) {
            self.run_here(head, handle, emit);
            if !head.flags.contains(RecordFlags::DEEPER) {
                self.heal(head.tid, Some(handle), head.time, emit);
            }
            return Under::Span(handle);
        }
        match self.threads.get_mut(head.tid).and_then(|thread| thread.inherited.find(instance)) {
            Some((frames, _)) => Under::Inherited(frames),
            None => Under::Span(self.missed(&outer, image, emit)),
        }
    }

    /// Closes the spans above `innermost` on this thread: the kernel says that they are over.
    pub(super) fn heal(&mut self, tid: Tid, innermost: Option<Handle>, time: Time, emit: Emit<'_>) {
        let Some(thread) = self.threads.get_mut(tid) else { return };
        let keep = match innermost {
            // Nothing can be said of the others while it isn't known where it stands among them.
            Some(handle) => match thread.running.iter().rposition(|running| *running == handle) {
                Some(at) => at + 1,
                None => return,
            },
            None => 0,
        };
        if thread.running.len() == keep {
            return;
        }
        for over in thread.running.split_off(keep).into_iter().rev() {
            match self.spans.get(over) {
                Some(span) if span.state != State::Running(tid) => {}
                Some(span) if span.polls > 0 => self.suspend(over, tid, time, Stop::PollMissed, emit),
                _ => self.end_span(over, Some(tid), time, Stop::Missed, emit),
            }
        }
    }

    fn heal_unless_deeper(&mut self, head: &Head, innermost: Handle, emit: Emit<'_>) {
        if !head.flags.contains(RecordFlags::DEEPER) {
            self.heal(head.tid, Some(innermost), head.time, emit);
        }
    }

    /// Opens a span whose start was missed.
    pub(super) fn missed(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) -> Handle {
        let handle = self.open(head, image, None, emit);
        self.push(head.tid, handle);
        if let Some(span) = self.spans.get(handle) {
            emit(Step::SpanStart(start_step(head, span, Place::Unknown, Start::Missed)));
        }
        handle
    }

    /// Opens a span that this thread runs.
    pub(super) fn open(&mut self, head: &Head, image: ImageId, started: Option<Time>, emit: Emit<'_>) -> Handle {
        for forgotten in self.spans.too_many() {
            self.end_span(forgotten, None, head.time, Stop::Forgotten, emit);
        }
        self.spans.add(|id| Span {
            id,
            image,
            pid: head.pid,
            instance: head.instance,
            site: head.site,
            state: State::Running(head.tid),
            under: Under::Unknown,
            started,
            polls: 0,
            heirs: 0,
        })
    }

    /// The kernel says that the thread is in this span; if nothing told that it came there, a start was missed.
    fn run_here(&mut self, head: &Head, handle: Handle, emit: Emit<'_>) {
        let Some(span) = self.spans.get_mut(handle) else { return };
        if span.state == State::Running(head.tid) {
            return;
        }
        span.state = State::Running(head.tid);
        span.under = Under::Unknown;
        let step = start_step(head, span, Place::Unknown, Start::Missed);
        self.push(head.tid, handle);
        emit(Step::SpanStart(step));
    }

    /// The span that this thread inherited. If it isn't known how it came to it, it is learnt from this record.
    fn inherited_span(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) -> SpanId {
        let inherited = self.threads.get_mut(head.tid).and_then(|thread| thread.inherited.find(head.instance));
        if let Some((frames, span)) = inherited {
            if let Some(thread) = self.threads.get_mut(head.tid) {
                thread.inherited.leave(frames, head.site);
            }
            return span;
        }
        let handle = self.spans.find(image, head.instance).unwrap_or_else(|| {
            let handle = self.open(head, image, None, emit);
            if let Some(span) = self.spans.get_mut(handle) {
                span.state = State::Suspended;
                emit(Step::SpanStart(start_step(head, span, Place::Unknown, Start::Missed)));
            }
            handle
        });
        let site = self.spans.get(handle).map_or(head.site, |span| span.site);
        let frames = vec![Frame::HOLE, Frame { span: Some(handle), instance: head.instance, site }];
        self.inherit(head.tid, Inherited::new(frames), emit);
        handle.id
    }

    /// What a thread inherits that is made here.
    pub(super) fn inheritance(&mut self, head: &Head, image: ImageId, place: Place) -> Inherited {
        let Place::Inside(inside) = place else { return Inherited::nothing() };
        let inherited = if inside.way == Way::Inherited {
            let Some(thread) = self.threads.get_mut(head.tid) else { return Inherited::nothing() };
            thread.inherited.clone()
        } else {
            let innermost = self.spans.find(image, head.instance);
            Inherited::new(self.frames(head.tid, innermost))
        };
        self.hold(&inherited);
        inherited
    }

    /// The spans around and including this one, the outermost first.
    fn frames(&mut self, tid: Tid, innermost: Option<Handle>) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut under = innermost.map_or(Under::Unknown, Under::Span);
        // No thread is in more that are known; records that contradict each other must not lead in circles.
        while frames.len() < MAX_DEPTH {
            under = match under {
                Under::Outside => break,
                Under::Unknown => {
                    frames.push(Frame::HOLE);
                    break;
                }
                Under::Inherited(count) => {
                    if let Some(thread) = self.threads.get_mut(tid) {
                        frames.extend(thread.inherited.frames().iter().take(count).rev());
                    }
                    break;
                }
                Under::Span(handle) => match self.spans.get(handle) {
                    Some(span) if span.state == State::Running(tid) => {
                        frames.push(Frame { span: Some(handle), instance: span.instance, site: span.site });
                        span.under
                    }
                    _ => Under::Unknown,
                },
            };
        }
        frames.reverse();
        // Generations of children, each in a deeper span, must not add up without end.
        if frames.len() > MAX_FRAMES {
            frames.drain(..frames.len() - MAX_FRAMES);
            frames[0] = Frame::HOLE;
        }
        frames
    }

    /// Collects the stack of an event in this place.
    pub(super) fn collect_stack(&mut self, head: &Head, place: Place) {
        self.stack.clear();
        match place {
            Place::Outside => {}
            Place::Unknown => self.stack.push(None),
            Place::Inside(Inside { way: Way::Inherited, .. }) => {
                if let Some(thread) = self.threads.get_mut(head.tid) {
                    self.stack.extend(thread.inherited.frames().iter().map(Frame::id));
                }
            }
            Place::Inside(_) => {
                let innermost = self.running(head);
                let frames = self.frames(head.tid, innermost);
                self.stack.extend(frames.iter().map(Frame::id));
            }
        }
    }

    fn running(&mut self, head: &Head) -> Option<Handle> {
        let thread = self.threads.get_mut(head.tid)?;
        self.spans.find(thread.image, head.instance)
    }

    /// Where a span starts, as sinks are told it.
    pub(super) fn place_under(&mut self, head: &Head, under: Under) -> Place {
        let deeper = head.flags.contains(RecordFlags::DEEPER);
        match under {
            Under::Outside => Place::Outside,
            Under::Unknown => Place::Unknown,
            Under::Span(handle) => self.spans.get(handle).map_or(Place::Unknown, |span| {
                let way = if deeper { Way::Deeper } else { Way::Innermost };
                Place::Inside(Inside { span: span.id, site: span.site, way })
            }),
            Under::Inherited(count) => {
                let thread = self.threads.get_mut(head.tid);
                let frame = thread.and_then(|thread| thread.inherited.frames().get(count.checked_sub(1)?).copied());
                match frame {
                    Some(Frame { span: Some(span), site, .. }) => {
                        Place::Inside(Inside { span: span.id, site, way: Way::Inherited })
                    }
                    _ => Place::Unknown,
                }
            }
        }
    }

    /// The thread is in this span now.
    pub(super) fn push(&mut self, tid: Tid, handle: Handle) {
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.running.push(handle);
        }
    }
}

const fn way(head: &Head) -> Way {
    if head.flags.contains(RecordFlags::DEEPER) { Way::Deeper } else { Way::Innermost }
}
