//! Starts of spans that are held back, so that a span in which nothing happens takes one record and not two.
//!
//! Whatever else is told of a thread comes after the start of its innermost span: who is about to tell something, or to hand
//! on what is known of a thread, says so here first.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::ThreadState;
use vivarium_sys::probe::StartFlags;
use vivarium_sys::wire::{RecordType, SpanRecord};

use crate::counts;
use crate::header;
use crate::ring;
use crate::span::subject;
use crate::thread::Thread;

/// Tells that the innermost span of the running thread has started, unless that is told already.
#[inline(always)]
pub(crate) fn tell(state: &ThreadState) {
    if state.untold != 0 {
        tell_start();
    }
}

/// The verifier sees a function that anyone could call by itself, once for all who do.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tell_start() -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let Some(started) = thread.state.take_untold() else {
        return 0;
    };
    let subject = subject(RecordType::SpanStart, thread.state.innermost(), &thread, 2, 0);
    let outer = thread.state.outer().instance.0;
    let outcome = ring::send(|record: *mut SpanRecord, _| {
        // SAFETY: the ring gave room for the whole record.
        unsafe {
            header::write(&raw mut (*record).header, &thread, subject, started);
            (*record).numbers = [StartFlags::NONE.0.into(), outer];
        }
    });
    counts::count(&thread, RecordType::SpanStart, EventKind::NONE, outcome);
    0
}
