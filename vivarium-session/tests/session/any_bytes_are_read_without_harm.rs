use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::collection::vec;
use proptest::prelude::*;
use vivarium_session::record::{Body, Record, Time};
use vivarium_session::recording::{Reader, replay};
use vivarium_session::session::{Conclusion, Session};
use vivarium_session::sink::{Jsonl, Live, Look, Sink, Tree};
use vivarium_sys::wire::HEADER_BYTES;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, recording, sites};
use crate::support::storm::storm;
use crate::support::tour::tour;

/// Bytes that are sometimes nearly a record: one of the storm's with some bytes changed.
fn nearly_a_record(records: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (any::<prop::sample::Index>(), vec((any::<prop::sample::Index>(), any::<u8>()), 0..4));
    let nearly = changed.prop_map(move |(which, changes)| {
        let mut record = which.get(&records).clone();
        for (at, byte) in changes {
            let at = at.index(record.len());
            record[at] = byte;
        }
        record
    });
    prop_oneof![3 => nearly, 1 => vec(any::<u8>(), 0..300)]
}

/// Every way of showing a session.
fn sinks<'s>() -> Vec<Box<dyn Sink + 's>> {
    let look = Look::plain().within(70);
    vec![
        Box::new(Jsonl::new(std::io::sink())),
        Box::new(Tree::new(std::io::sink(), look)),
        Box::new(Live::new(std::io::sink(), look)),
    ]
}

fn both() -> Kernel {
    let mut kernel = tour();
    kernel.records.extend(storm().records);
    kernel
}

#[test]
fn a_process_that_makes_itself_harms_nobody() {
    let mut kernel = Kernel::new();
    kernel.forks(ROOT, ROOT);
    kernel.opens(ROOT, "/after");
    let mut session = Session::new(info(), sites(), sinks());
    for record in &kernel.records {
        session.feed(record);
    }
    let outcome = session.finish(Conclusion::at(Time(0), None));
    assert!(outcome.failures.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_record_is_read_or_is_an_error(bytes in nearly_a_record(both().records)) {
        if let Ok(record) = Record::decode(&bytes) {
            prop_assert!(bytes.len() >= HEADER_BYTES);
            if let Body::Event(event) = record.body {
                prop_assert_eq!(event.fields().count(), event.spec.fields.len());
                for field in event.fields() {
                    let shown = field.value.to_string();
                    prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
                    serde_json::to_string(&field.value).expect("JSON");
                }
            }
        }
    }

    #[test]
    fn a_session_survives_any_records_in_any_order(records in vec(nearly_a_record(both().records), 0..60)) {
        let mut session = Session::new(info(), sites(), sinks());
        for record in &records {
            session.feed(record);
        }
        let outcome = session.finish(Conclusion::at(Time(0), None));
        prop_assert!(outcome.failures.is_empty());
        prop_assert!(outcome.summary.events <= records.len() as u64);
    }

    #[test]
    fn a_recording_is_read_or_is_an_error(
        at in any::<prop::sample::Index>(),
        garbage in vec(any::<u8>(), 0..200),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = recording(&tour());
        let at = at.index(bytes.len());
        let end = (at + garbage.len()).min(bytes.len());
        bytes[at..end].copy_from_slice(&garbage[..end - at]);
        bytes.truncate(length.index(bytes.len()) + 1);
        let read = catch_unwind(AssertUnwindSafe(|| Reader::new(bytes.as_slice()).map(|reader| replay(reader, sinks()))));
        prop_assert!(read.is_ok());
    }
}
