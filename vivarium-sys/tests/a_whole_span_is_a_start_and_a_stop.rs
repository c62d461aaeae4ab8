//! What the ring holds of a span in which nothing happened, against the two records that it stands for.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Frame, SetId, ThreadFlags, ThreadState};
use vivarium_sys::probe::StartFlags;
use vivarium_sys::wire::{COMM_BYTES, HEADER_BYTES, Header, RecordFlags, RecordType, WholeSpan};
use vivarium_sys::{InstanceId, SiteId};

fn header() -> Header {
    Header {
        record: WholeSpan::RECORD,
        flags: RecordFlags::ENTERED_BEFORE,
        kind: EventKind::NONE,
        depth: 2,
        numbers: 9,
        texts: 9,
        time: 2000,
        sessions: 3,
        pid: 4,
        tid: 5,
        uid: 6,
        gid: 7,
        instance: InstanceId(8),
        site: SiteId(9),
        result: -10,
        cpu: 11,
        comm: [12; COMM_BYTES],
    }
}

/// A record as the ring has it.
fn raw(whole: WholeSpan) -> Vec<u8> {
    let numbers = [whole.flags, whole.started, whole.outer.0];
    whole.header.to_bytes().into_iter().chain(numbers.into_iter().flat_map(u64::to_le_bytes)).collect()
}

#[test]
fn both_say_what_the_whole_says() {
    let whole = WholeSpan { header: header(), flags: 5, started: 1000, outer: InstanceId(13) };
    let [start, stop] = WholeSpan::unfold(&raw(whole)).expect("it is one");
    let same = Header { numbers: 2, texts: 0, ..header() };
    let expected = Header { record: RecordType::SpanStart as u8, time: 1000, ..same };
    assert_eq!(start[..HEADER_BYTES], expected.to_bytes());
    assert_eq!(start[HEADER_BYTES..], [u64::from(StartFlags::NONE.0), 13].map(u64::to_le_bytes).concat());
    let expected = Header { record: RecordType::SpanStop as u8, ..same };
    assert_eq!(stop[..HEADER_BYTES], expected.to_bytes());
    assert_eq!(stop[HEADER_BYTES..], [5_u64, 0].map(u64::to_le_bytes).concat());
}

#[test]
fn every_other_record_stays_as_it_is() {
    for record in RecordType::ALL {
        let header = Header { record: *record as u8, ..header() };
        assert!(WholeSpan::unfold(&raw(WholeSpan { header, flags: 0, started: 1, outer: InstanceId::NONE })).is_none());
    }
    let whole = raw(WholeSpan { header: header(), flags: 0, started: 1, outer: InstanceId::NONE });
    for length in 0..whole.len() {
        assert!(WholeSpan::unfold(&whole[..length]).is_none(), "{length} bytes");
    }
}

#[test]
fn only_the_innermost_span_is_held_back_and_only_once() {
    let frame = |instance| Frame { site: SiteId(1), instance: InstanceId(instance) };
    let mut thread = ThreadState::new(1, SetId::new(0, 0), ThreadFlags::default());
    thread.start(frame(1), StartFlags::NONE);
    thread.start(frame(2), StartFlags::NONE);
    thread.hold_back(42);
    assert!(thread.is_untold(InstanceId(2)) && !thread.is_untold(InstanceId(1)));
    assert_eq!((thread.take_untold(), thread.take_untold()), (Some(42), None));
    assert!(!thread.is_untold(InstanceId(2)));
    thread.hold_back(43);
    thread.stop(InstanceId(2));
    assert_eq!(thread.take_untold(), None, "what is over is not told of any more");
}
