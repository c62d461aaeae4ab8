//! Threads that may be in functions that nobody saw them enter.
//!
//! The sites of a program that is executed later on are attached to when that is heard of, which is a little after its first
//! instruction. Whatever of it was entered by then is not known; the kernel side, which cannot know that there was anything
//! to miss, says that such a thread is in no span.

use std::collections::HashMap;
use std::mem::offset_of;

use vivarium_session::record::value::Value;
use vivarium_session::record::{Body, Event, Head, Pid, Record, Tid, Time};
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{Header, RecordFlags};

/// The processes whose sites were attached to while they were running.
#[derive(Debug, Default)]
pub(crate) struct Latecomers {
    /// When that was.
    processes: HashMap<Pid, Time>,
    /// Those of their threads that began afterwards, in no unknown function.
    known: HashMap<Tid, Pid>,
}

impl Latecomers {
    /// The sites of a running process were attached to at this time.
    pub(crate) fn add(&mut self, process: Pid, attached: Time) {
        self.processes.insert(process, attached);
    }

    /// The sites of a running process are never attached to: nobody knows whether there are any.
    pub(crate) fn never_known(&mut self, process: Pid) {
        self.add(process, Time(u64::MAX));
    }

    /// Nobody is observed any more, so nobody tells how those go on that are known here.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The record as it should be: one that says that its thread is in no span, where that isn't known, says so.
    pub(crate) fn correct(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        if self.processes.is_empty() {
            return None;
        }
        // Most records are of other processes, and are not taken apart a second time.
        let process = raw.get(offset_of!(Header, pid)..)?.first_chunk().copied().map(u32::from_le_bytes)?;
        let attached = *self.processes.get(&Pid(process))?;
        let record = Record::decode(raw).ok()?;
        let head = &record.head;
        let is_unknown = !head.instance.is_some() && self.known.get(&head.tid) != Some(&head.pid);
        if let Body::Event(event) = &record.body {
            self.follow(head, event, attached < head.time && !is_unknown);
        }
        is_unknown.then(|| {
            let mut corrected = raw.to_vec();
            corrected[offset_of!(Header, flags)] |= RecordFlags::ENTERED_BEFORE.0;
            corrected
        })
    }

    /// What a thread makes is as well known as the thread is; what executes another program begins anew.
    fn follow(&mut self, head: &Head, event: &Event<'_>, is_known: bool) {
        let process = head.pid;
        match event.spec.kind {
            EventKind::PROC_FORK => {
                let (Some(child), Some(thread)) = (id(event, "child"), id(event, "thread")) else { return };
                if is_known {
                    self.known.insert(Tid(thread), process);
                } else if let Some(attached) = self.processes.get(&process).copied() {
                    self.processes.entry(Pid(child)).or_insert(attached);
                }
            }
            EventKind::PROC_EXEC if head.has_failed() => {}
            EventKind::PROC_EXEC | EventKind::PROC_EXIT => {
                self.processes.remove(&process);
                self.known.retain(|_, of| *of != process);
            }
            _ => {}
        }
    }
}

/// The process or thread that a field of an event names.
fn id(event: &Event<'_>, field: &str) -> Option<u32> {
    match event.field(field)? {
        Value::Id(id) => u32::try_from(id).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use vivarium_sys::wire::{HEADER_BYTES, RecordType};

    use super::*;

    const PROCESS: u32 = 50;
    const ATTACHED: u64 = 1000;

    /// An event, at a time, of a thread of a process, in a span or in none.
    fn event(kind: EventKind, time: u64, process: u32, thread: u32, span: u64, numbers: &[u64]) -> Vec<u8> {
        let mut raw = vec![0; HEADER_BYTES];
        let mut set = |offset: usize, bytes: &[u8]| raw[offset..offset + bytes.len()].copy_from_slice(bytes);
        set(offset_of!(Header, record), &[RecordType::Event as u8]);
        set(offset_of!(Header, kind), &kind.0.to_le_bytes());
        set(offset_of!(Header, numbers), &[numbers.len() as u8]);
        set(offset_of!(Header, time), &time.to_le_bytes());
        set(offset_of!(Header, pid), &process.to_le_bytes());
        set(offset_of!(Header, tid), &thread.to_le_bytes());
        set(offset_of!(Header, instance), &span.to_le_bytes());
        set(offset_of!(Header, site), &span.to_le_bytes());
        raw.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        raw
    }

    fn latecomers() -> Latecomers {
        let mut latecomers = Latecomers::default();
        latecomers.add(Pid(PROCESS), Time(ATTACHED));
        latecomers
    }

    /// Whether it is not known in which span a thread opens a file outside of every known one.
    fn is_unknown(latecomers: &mut Latecomers, process: u32, thread: u32) -> bool {
        let raw = event(EventKind::PATH_OPEN, 2000, process, thread, 0, &[]);
        match latecomers.correct(&raw) {
            Some(corrected) => {
                let head = Record::decode(&corrected).unwrap().head;
                assert!(head.flags.contains(RecordFlags::ENTERED_BEFORE));
                true
            }
            None => false,
        }
    }

    fn fork(latecomers: &mut Latecomers, thread: u32, span: u64, child: u32, child_thread: u32) {
        let numbers = [child.into(), child_thread.into()];
        latecomers.correct(&event(EventKind::PROC_FORK, 1500, PROCESS, thread, span, &numbers));
    }

    #[test]
    fn what_is_in_no_known_span_is_unknown_in_such_a_process_alone() {
        let mut latecomers = latecomers();
        assert!(is_unknown(&mut latecomers, PROCESS, PROCESS));
        assert!(!is_unknown(&mut latecomers, 51, 51));
        assert!(latecomers.correct(&event(EventKind::PATH_OPEN, 2000, PROCESS, PROCESS, 7, &[])).is_none());
    }

    #[test]
    fn a_child_is_as_well_known_as_the_thread_that_made_it() {
        let mut latecomers = latecomers();
        fork(&mut latecomers, PROCESS, 0, PROCESS, 60);
        fork(&mut latecomers, PROCESS, 7, PROCESS, 61);
        fork(&mut latecomers, 61, 0, PROCESS, 62);
        fork(&mut latecomers, PROCESS, 0, 70, 70);
        fork(&mut latecomers, PROCESS, 7, 71, 71);
        let mut unknown = |process, thread| is_unknown(&mut latecomers, process, thread);
        assert!(unknown(PROCESS, 60));
        assert!(!unknown(PROCESS, 61));
        assert!(!unknown(PROCESS, 62));
        assert!(unknown(70, 70));
        assert!(!unknown(71, 71));
    }

    #[test]
    fn another_program_or_another_process_of_the_number_begins_anew() {
        for kind in [EventKind::PROC_EXEC, EventKind::PROC_EXIT] {
            let mut latecomers = latecomers();
            latecomers.correct(&event(kind, 1800, PROCESS, PROCESS, 0, &[]));
            assert!(!is_unknown(&mut latecomers, PROCESS, PROCESS), "{kind:?}");
        }
    }
}
