//! The head of a record: what, when, who, and the innermost span.

use core::mem::offset_of;

use aya_ebpf::helpers::bpf_get_smp_processor_id;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Frame};
use vivarium_sys::wire::{COMM_BYTES, Header, RecordFlags, RecordType};

use crate::identity::RealIds;
use crate::kernel::Typed;
use crate::result::Answer;
use crate::thread::Thread;

/// What a record is about.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) record: RecordType,
    pub(crate) kind: EventKind,
    /// The span that the record belongs to.
    pub(crate) span: Frame,
    pub(crate) flags: RecordFlags,
    pub(crate) depth: u32,
    pub(crate) result: Answer,
    pub(crate) numbers: usize,
    pub(crate) texts: usize,
}

/// Writes the head of a record about the running thread, which is from this time.
///
/// # Safety
///
/// There is room for a header at `header`.
#[inline(always)]
pub(crate) unsafe fn write(header: *mut Header, thread: &Thread, subject: Subject, time: u64) {
    // SAFETY: the caller's promise.
    unsafe { write_for(header, thread, RealIds::current(), subject, time) };
}

/// The same, where it is known whose the thread is.
///
/// # Safety
///
/// As above.
#[inline(always)]
pub(crate) unsafe fn write_for(header: *mut Header, thread: &Thread, ids: RealIds, subject: Subject, time: u64) {
    let flags = match subject.result {
        Answer::Known(_) => subject.flags.with(RecordFlags::HAS_RESULT),
        Answer::Follows => subject.flags.with(RecordFlags::RESULT_FOLLOWS),
        Answer::Unknown => subject.flags,
    };
    // SAFETY: the caller's promise. Field by field, so that nothing is built on the small stack first.
    unsafe {
        (*header).record = subject.record as u8;
        (*header).flags = flags;
        (*header).kind = subject.kind;
        (*header).depth = if subject.depth > u16::MAX.into() { u16::MAX } else { subject.depth as u16 };
        (*header).numbers = subject.numbers as u8;
        (*header).texts = subject.texts as u8;
        (*header).time = time;
        (*header).sessions = thread.set.id.0;
        (*header).pid = thread.ids.process;
        (*header).tid = thread.ids.thread;
        (*header).uid = ids.user;
        (*header).gid = ids.group;
        (*header).instance = subject.span.instance;
        (*header).site = subject.span.site;
        (*header).result = subject.result.known().unwrap_or(0);
        (*header).cpu = bpf_get_smp_processor_id();
        (&raw mut (*header).comm).cast::<[u64; 2]>().write(comm());
    }
}

/// The name of the running thread. The kernel fills it up with zeros, so that there is no end to look for.
#[inline(always)]
fn comm() -> [u64; 2] {
    const { assert!(size_of::<[u64; 2]>() == COMM_BYTES && offset_of!(Header, comm).is_multiple_of(8)) };
    let task = Typed::current_task();
    [task.word(Field::TaskComm, 0), task.word(Field::TaskComm, 1)]
}
