//! Beginnings and ends: of threads, spans and images, and of what holds on to them.

use super::spans::{Handle, Span, State};
use super::thread::{Inherited, Thread};
use super::{Emit, Step, Stop, StopStep, Tracker};
use crate::record::{Head, Tid, Time};
use crate::session::step::{ImageId, Released};

impl Tracker {
    /// The image of the record's process.
    pub(super) fn image_of(&mut self, head: &Head, emit: Emit<'_>) -> ImageId {
        self.processes.image(head.pid).unwrap_or_else(|| self.found(head.pid, Some(head), emit))
    }

    /// The record's thread is known from now on.
    pub(super) fn ensure_thread(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) {
        match self.threads.get_mut(head.tid) {
            Some(thread) if thread.image == image => thread.seen = head.time,
            _ => {
                let (inherited, running) = (Inherited::nothing(), Vec::new());
                self.add_thread(head.tid, Thread { image, inherited, running, seen: head.time }, emit);
            }
        }
    }

    pub(super) fn add_thread(&mut self, tid: Tid, thread: Thread, emit: Emit<'_>) {
        for gone in self.threads.add(tid, thread) {
            self.let_go(&gone.inherited, emit);
        }
    }

    /// The thread turns out to have inherited this.
    pub(super) fn inherit(&mut self, tid: Tid, inherited: Inherited, emit: Emit<'_>) {
        self.hold(&inherited);
        let before = self.threads.get_mut(tid).map(|thread| std::mem::replace(&mut thread.inherited, inherited));
        if let Some(before) = before {
            self.let_go(&before, emit);
        }
    }

    /// Keeps spans from being released: what their heirs do is told to be in all of them.
    pub(super) fn hold(&mut self, inherited: &Inherited) {
        for handle in inherited.held() {
            if let Some(span) = self.spans.get_mut(handle) {
                span.heirs += 1;
            }
        }
    }

    fn let_go(&mut self, inherited: &Inherited, emit: Emit<'_>) {
        for handle in inherited.held() {
            if let Some(span) = self.spans.get_mut(handle) {
                span.heirs -= 1;
                self.release_span(handle, emit);
            }
        }
    }

    /// A poll of a span stops.
    pub(super) fn suspend(&mut self, handle: Handle, tid: Tid, time: Time, how: Stop, emit: Emit<'_>) {
        if let Some(span) = self.spans.get_mut(handle) {
            span.state = State::Suspended;
            let step = stop_step(span, Some(tid), time, how);
            emit(Step::SpanStop(step));
        }
    }

    /// A span is over.
    pub(super) fn end_span(&mut self, handle: Handle, tid: Option<Tid>, time: Time, how: Stop, emit: Emit<'_>) {
        if let Some(span) = self.spans.end(handle) {
            emit(Step::SpanStop(stop_step(&span, tid, time, how)));
            self.release_span(handle, emit);
        }
    }

    fn release_span(&mut self, handle: Handle, emit: Emit<'_>) {
        if self.spans.release(handle) {
            emit(Step::Released(Released::Span(handle.id)));
        }
    }

    /// Nothing of an image goes on: neither its threads nor its spans.
    pub(super) fn end_image(&mut self, image: ImageId, time: Time, how: Stop, emit: Emit<'_>) {
        for handle in self.spans.open_in(image).into_iter().rev() {
            self.end_span(handle, None, time, how, emit);
        }
        for thread in self.threads.remove_image(image) {
            self.let_go(&thread.inherited, emit);
        }
    }

    pub(super) fn release_image(&mut self, image: ImageId, emit: Emit<'_>) {
        emit(Step::Released(Released::Image(image)));
    }

    /// The session is over.
    pub(in crate::session) fn finish(&mut self, time: Time, emit: Emit<'_>) {
        if let Some(pid) = self.unheard {
            self.found(pid, None, emit);
        }
        for image in self.processes.all().into_iter().rev() {
            self.end_image(image, time, Stop::Unfinished, emit);
            self.release_image(image, emit);
        }
    }
}

fn stop_step(span: &Span, tid: Option<Tid>, time: Time, how: Stop) -> StopStep {
    StopStep {
        span: span.id,
        site: span.site,
        image: span.image,
        pid: span.pid,
        tid,
        time,
        started: span.started,
        polls: span.polls,
        how,
    }
}
