//! An event: something that an observed thread does, now.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::SetFlags;
use vivarium_sys::wire::RecordType;

use crate::counts::{self, Outcome};
use crate::header::Subject;
use crate::preemption::{Preempted, Preemption};
use crate::record::Record;
use crate::result::Answer;
use crate::thread::Thread;
use crate::untold;
use crate::uring;

/// Tells of an event of the running thread, if it is observed. What costs something is left to `fill`, which runs only when
/// a session wants to know.
#[inline(always)]
pub(crate) fn tell<const NUMBERS: usize, const TEXTS: usize>(
    kind: EventKind,
    result: impl Into<Answer>,
    fill: impl FnOnce(&Thread, &mut Record<NUMBERS, TEXTS>),
) {
    let Some((thread, asks_now)) = Thread::current().and_then(uring::who_asked) else {
        return;
    };
    // What was asked for through a ring comes to an end in no system call.
    let result = match result.into() {
        Answer::Follows if !thread.set.flags.contains(SetFlags::RESULTS) || !asks_now => Answer::Unknown,
        result => result,
    };
    let outcome = tell_of(&thread, kind, result, fill);
    if result == Answer::Follows && outcome == Outcome::Submitted {
        thread.state.awaits = 1;
    }
}

/// Tells of an event of this thread, which runs.
#[inline(always)]
pub(crate) fn tell_of<const NUMBERS: usize, const TEXTS: usize>(
    thread: &Thread,
    kind: EventKind,
    result: impl Into<Answer>,
    fill: impl FnOnce(&Thread, &mut Record<NUMBERS, TEXTS>),
) -> Outcome {
    tell_by::<Preempted, NUMBERS, TEXTS>(thread, kind, result, fill)
}

/// The same, in a program that runs so.
#[inline(always)]
pub(crate) fn tell_by<P: Preemption, const NUMBERS: usize, const TEXTS: usize>(
    thread: &Thread,
    kind: EventKind,
    result: impl Into<Answer>,
    fill: impl FnOnce(&Thread, &mut Record<NUMBERS, TEXTS>),
) -> Outcome {
    let outcome = if thread.set.wants(kind) {
        untold::tell(thread.state);
        let subject = Subject {
            record: RecordType::Event,
            kind,
            span: thread.state.innermost(),
            flags: thread.state.record_flags(),
            depth: thread.state.own_depth(),
            result: result.into(),
            numbers: NUMBERS,
            texts: TEXTS,
        };
        Record::send_by::<P>(thread, subject, |record| fill(thread, record))
    } else {
        Outcome::Filtered
    };
    counts::count_by::<P>(thread, RecordType::Event, kind, outcome);
    outcome
}
