use vivarium_session::recording::{End, Reader, RecordingError, Replay, replay};

use crate::support::observation::{recording, render};
use crate::support::tour::tour;

/// Reads it and shows it to nobody.
fn read(bytes: &[u8]) -> Result<Replay, RecordingError> {
    replay(Reader::new(bytes)?, Vec::new())
}

#[test]
fn cut_anywhere_it_is_read_up_to_the_last_whole_record() {
    let whole = recording(&tour());
    let mut before = 0;
    for length in 0..whole.len() {
        match read(&whole[..length]) {
            Ok(Replay { outcome, end }) => {
                assert!(matches!(end, End::CutShort), "cut at {length}");
                assert!(!outcome.summary.verdict.is_complete(), "cut at {length}");
                let events = outcome.summary.events;
                assert!(events == before || events == before + 1, "cut at {length}: {events} events after {before}");
                before = events;
            }
            Err(RecordingError::NotARecording) => assert_eq!(length, 0),
            Err(RecordingError::Nothing) => assert_eq!(before, 0),
            Err(error) => panic!("cut at {length}: {error}"),
        }
    }
    assert_eq!(before, read(&whole).expect("a recording").outcome.summary.events, "only the end was missing last");
}

#[test]
fn the_tree_says_so() {
    let whole = recording(&tour());
    let (_, tree, _) = render(&whole[..whole.len() - 1]).expect("a recording");
    assert!(tree.contains("incomplete: 10 events, how many were lost is not known"), "{tree}");
    assert!(tree.contains("the recording ends before the session did"), "{tree}");
    assert!(tree.contains("[4250 sh]"), "{tree}");
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is() {
    let mut bytes = recording(&tour());
    for at in 0..bytes.len() {
        bytes[at] ^= 0x20;
        if let Ok(replay) = read(&bytes) {
            assert!(!matches!(replay.end, End::Whole(_)), "the change at {at} was not noticed");
        }
        bytes[at] ^= 0x20;
    }
}

#[test]
fn what_is_no_recording_and_what_is_newer_is_told_apart() {
    assert!(matches!(render(b"#!/bin/sh\n"), Err(RecordingError::NotARecording)));
    let mut newer = recording(&tour());
    newer[8] = 2;
    assert!(matches!(render(&newer), Err(RecordingError::Newer { version: 2 })));
    let error = render(&newer).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("update vivarium"), "{error}");
}
