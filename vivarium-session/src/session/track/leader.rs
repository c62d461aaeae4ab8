//! Whichever thread of a process executes a program, it has the number of the process's leader from then on.

use super::spans::State;
use super::{Emit, RecordFlags, Tracker};
use crate::record::{Head, Tid};
use crate::session::step::ImageId;

impl Tracker {
    /// What is known of the thread that has executed a program is known of the leader now. Without this, the spans around
    /// the one that the record names were unknown, and those that the leader was in had lost their stops.
    pub(super) fn become_leader(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) {
        let Some(before) = self.executing(head, image).filter(|tid| *tid != head.tid) else { return };
        let Some(thread) = self.threads.remove(before) else { return };
        for handle in &thread.running {
            if let Some(span) = self.spans.get_mut(*handle).filter(|span| span.state == State::Running(before)) {
                span.state = State::Running(head.tid);
            }
        }
        self.add_thread(head.tid, thread, emit);
    }

    /// The thread that has executed a program. The record has the leader's number; which it was, the span tells that it was in.
    fn executing(&self, head: &Head, image: ImageId) -> Option<Tid> {
        if head.instance.is_some() && !head.flags.contains(RecordFlags::INHERITED) {
            let span = self.spans.get(self.spans.find(image, head.instance)?)?;
            return match span.state {
                State::Running(tid) => Some(tid),
                State::Suspended | State::Ended => None,
            };
        }
        // One that is in no span of its own. If there are several, it doesn't matter which: they inherited the same.
        let threads = self.threads.of_image(image).filter(|(_, thread)| thread.inherited.leads_to(head.instance));
        let best = threads.min_by_key(|(tid, thread)| (!thread.running.is_empty(), *tid != head.tid, *tid));
        best.map(|(tid, _)| tid)
    }
}
