//! The spans: marked functions and `span!`s that start and stop.
//!
//! The stack changes whether or not the record of it could be sent, so that a lost record never corrupts it.

use aya_ebpf::EbpfContext as _;
use aya_ebpf::helpers::{bpf_get_attach_cookie, bpf_ktime_get_ns};
use aya_ebpf::macros::uprobe;
use aya_ebpf::programs::ProbeContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Frame, Oddity, SetFlags, Started, Stopped, ThreadFlags, ThreadState};
use vivarium_sys::probe::{Probe, StartFlags, StopFlags};
use vivarium_sys::wire::{RecordFlags, RecordType, SpanRecord, WholeSpan};
use vivarium_sys::{InstanceId, SiteId};

use crate::counts::{self, odd};
use crate::dynamic;
use crate::header::{self, Subject};
use crate::own_stack;
use crate::record::Record;
use crate::result::Answer;
use crate::ring;
use crate::switched;
use crate::thread::Thread;
use crate::untold;
use crate::user::UserAddress;

/// An argument of a probe.
#[inline(always)]
fn argument(ctx: &ProbeContext, at: usize) -> u64 {
    ctx.arg(at).unwrap_or(0)
}

/// The span that a probe speaks of, and whether its site is one that the program made while it ran.
#[inline(always)]
fn span(ctx: &ProbeContext) -> (Frame, bool) {
    // SAFETY: the context is the one that the kernel passed.
    let cookie = unsafe { bpf_get_attach_cookie(ctx.as_ptr()) };
    let is_dynamic = cookie == SiteId::DYNAMIC.0;
    let site = if is_dynamic { argument(ctx, 1) } else { cookie };
    (Frame { site: SiteId(site), instance: InstanceId(argument(ctx, 0)) }, is_dynamic)
}

/// Whether the probe that is hit has told of it already, where it is attached to twice.
#[inline(always)]
fn is_repeated(state: &mut ThreadState, probe: Probe, span: Frame) -> bool {
    state.hit(probe, span.instance) && switched::are_told_twice()
}

/// What a record is about that tells of a span of a thread.
#[inline(always)]
pub(crate) fn subject(record: RecordType, span: Frame, thread: &Thread, numbers: usize, texts: usize) -> Subject {
    let flags = thread.state.record_flags();
    Subject {
        record,
        kind: EventKind::NONE,
        span,
        // The header's span is the one that the record is about, which is never an inherited one.
        flags: RecordFlags(flags.0 & !RecordFlags::INHERITED.0),
        depth: thread.state.own_depth(),
        result: Answer::Unknown,
        numbers,
        texts,
    }
}

/// Sends a record with two numbers.
#[inline(always)]
fn send(thread: &Thread, subject: Subject, numbers: [u64; 2]) {
    let outcome = ring::send(|record: *mut SpanRecord, now| {
        // SAFETY: the ring gave room for the whole record.
        unsafe {
            header::write(&raw mut (*record).header, thread, subject, now);
            (*record).numbers = numbers;
        }
    });
    counts::count(thread, subject.record, EventKind::NONE, outcome);
}

/// Sends a record of the innermost span, which stops, and which nothing has told of before.
#[inline(always)]
fn send_whole(thread: &Thread, subject: Subject, started: u64, flags: StopFlags) {
    let outer = thread.state.outer().instance;
    let outcome = ring::send(|record: *mut WholeSpan, now| {
        // SAFETY: the ring gave room for the whole record.
        unsafe {
            header::write(&raw mut (*record).header, thread, subject, now);
            (*record).header.record = WholeSpan::RECORD;
            (*record).flags = flags.0.into();
            (*record).started = started;
            (*record).outer = outer;
        }
    });
    counts::count(thread, RecordType::SpanStart, EventKind::NONE, outcome);
    counts::count(thread, RecordType::SpanStop, EventKind::NONE, outcome);
}

#[uprobe]
fn span_start(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let ((span, is_dynamic), flags) = (span(&ctx), StartFlags(argument(&ctx, 2) as u32));
    if is_repeated(&mut *thread.state, Probe::Start, span) {
        return 0;
    }
    untold::tell(thread.state);
    let started = thread.state.start(span, flags);
    match started {
        Started::Pushed => (),
        Started::Healed => odd(Oddity::HealedByStart),
        Started::TooDeep => odd(Oddity::TooDeep),
    }
    let outer = thread.state.outer().instance.0;
    if is_dynamic {
        let subject = subject(RecordType::SpanStart, span, &thread, 4, 3);
        let outcome = Record::<4, 3>::send(&thread, subject, |record| {
            record.number(0, flags.0.into());
            record.number(1, outer);
            dynamic::describe(record, UserAddress(argument(&ctx, 4)));
        });
        counts::count(&thread, RecordType::SpanStart, EventKind::NONE, outcome);
    } else if flags == StartFlags::NONE
        && started == Started::Pushed
        && thread.set.flags.contains(SetFlags::WHOLE_SPANS)
    {
        // SAFETY: the helper takes nothing.
        thread.state.hold_back(unsafe { bpf_ktime_get_ns() });
    } else {
        let subject = subject(RecordType::SpanStart, span, &thread, 2, 0);
        send(&thread, subject, [flags.0.into(), outer]);
    }
    0
}

#[uprobe]
fn span_stop(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let ((span, _), flags) = (span(&ctx), StopFlags(argument(&ctx, 2) as u32));
    if is_repeated(&mut *thread.state, Probe::Stop, span) {
        return 0;
    }
    let subject = subject(RecordType::SpanStop, span, &thread, 2, 0);
    if thread.state.is_untold(span.instance) {
        if let Some(started) = thread.state.take_untold() {
            send_whole(&thread, subject, started, flags);
        }
        thread.state.stop(span.instance);
        return 0;
    }
    untold::tell(thread.state);
    let closed = match thread.state.stop(span.instance) {
        Stopped::Popped => 0,
        Stopped::TooDeep => {
            if switched::was_off(span.site) {
                thread.state.stay_deep();
            }
            0
        }
        Stopped::Healed(deeper) => {
            odd(Oddity::HealedByStop);
            deeper
        }
        Stopped::Unknown => {
            // It started before anyone looked, unless someone did.
            if !thread.state.flags.contains(ThreadFlags::ENTERED_BEFORE) && !switched::was_off(span.site) {
                odd(Oddity::StopWithoutStart);
            }
            return 0;
        }
    };
    send(&thread, subject, [flags.0.into(), closed.into()]);
    0
}

#[uprobe]
fn span_raise(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let span = span(&ctx).0;
    if is_repeated(&mut *thread.state, Probe::Raise, span) {
        return 0;
    }
    untold::tell(thread.state);
    let subject = subject(RecordType::SpanRaise, span, &thread, 2, 2);
    let outcome = Record::<2, 2>::send(&thread, subject, |record| {
        record.number(0, argument(&ctx, 2) & u64::from(u32::MAX));
        record.number(1, argument(&ctx, 5) & u64::from(u32::MAX));
        record.text(0, |room| room.string(UserAddress(argument(&ctx, 3))));
        record.text(1, |room| room.string(UserAddress(argument(&ctx, 4))));
    });
    counts::count(&thread, RecordType::SpanRaise, EventKind::NONE, outcome);
    0
}
