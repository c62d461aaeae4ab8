//! Starts of spans that the kernel side holds back until something happens in the span, of spans that go on when the session ends.

use std::fs;

use vivarium_session::record::Tid;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::ThreadState;
use vivarium_sys::wire::{COMM_BYTES, Header, RecordFlags, RecordType, SPAN_BYTES, SpanRecord};

/// The record that the kernel side would have written of the innermost span of this thread.
pub(super) fn start_of(thread: Tid, state: &ThreadState) -> [u8; SPAN_BYTES] {
    let span = state.innermost();
    let header = Header {
        record: RecordType::SpanStart as u8,
        // The span is its own.
        flags: RecordFlags(state.record_flags().0 & !RecordFlags::INHERITED.0),
        kind: EventKind::NONE,
        depth: u16::try_from(state.own_depth()).unwrap_or(u16::MAX),
        numbers: 0,
        texts: 0,
        time: state.untold,
        sessions: state.sessions.0,
        pid: state.process,
        tid: thread.0,
        uid: state.users[0],
        gid: state.groups[0],
        instance: span.instance,
        site: span.site,
        result: 0,
        cpu: 0,
        comm: name_of(thread),
    };
    SpanRecord::start(header, state.outer().instance)
}

/// What a thread is called; nothing where it has ended.
fn name_of(thread: Tid) -> [u8; COMM_BYTES] {
    let name = fs::read(format!("/proc/{}/comm", thread.0)).unwrap_or_default();
    let name = name.strip_suffix(b"\n").unwrap_or(&name);
    let mut bytes = [0; COMM_BYTES];
    let kept = name.len().min(COMM_BYTES - 1);
    bytes[..kept].copy_from_slice(&name[..kept]);
    bytes
}

#[cfg(test)]
mod tests {
    use vivarium_session::record::{Body, Record, Time};
    use vivarium_sys::load::{Frame, SetId, ThreadFlags};
    use vivarium_sys::probe::StartFlags;
    use vivarium_sys::{InstanceId, SiteId};

    use super::*;

    #[test]
    fn it_is_as_if_it_had_been_told_at_once() {
        let mut state = ThreadState::new(7, SetId::new(1, 0), ThreadFlags::default());
        for instance in [10, 11] {
            state.start(Frame { site: SiteId(instance + 100), instance: InstanceId(instance) }, StartFlags::NONE);
        }
        state.hold_back(4242);
        let raw = start_of(Tid(std::process::id()), &state);
        let record = Record::decode(&raw).unwrap();
        let head = record.head;
        assert_eq!((head.time, head.tid, head.pid.0), (Time(4242), Tid(std::process::id()), 7));
        assert_eq!((head.instance, head.site, head.depth), (InstanceId(11), SiteId(111), 2));
        let Body::SpanStart(start) = record.body else { panic!("{record:?}") };
        assert_eq!((start.flags, start.under), (StartFlags::NONE, InstanceId(10)));
        assert!(!format!("{:?}", head.comm).is_empty());
    }
}
