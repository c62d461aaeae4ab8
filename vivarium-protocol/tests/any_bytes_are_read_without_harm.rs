//! Whatever the other side sends, it is read or refused, and never held beyond what the limits allow.

use std::fs;
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use vivarium_protocol::{Incoming, Malformed, Message, Receiver, Request};

/// What both sides have been seen to send, a conversation of one side in each file.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let corpus: Vec<_> =
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect();
    assert!(corpus.len() >= 4, "the corpus is here");
    corpus
}

/// Reads all of it, in pieces of this size; how many things were said, or why that cannot be told.
fn read<T: Receiver>(bytes: &[u8], piece: usize) -> Result<usize, Malformed> {
    let (mut incoming, mut count) = (Incoming::default(), 0);
    for piece in bytes.chunks(piece) {
        incoming.push(piece);
        while incoming.take::<T>()?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

#[test]
fn what_was_said_once_is_still_understood() {
    for (name, bytes) in corpus() {
        for piece in [1, 7, bytes.len()] {
            let said = if name.starts_with("client") {
                read::<Request>(&bytes, piece)
            } else {
                read::<Message>(&bytes, piece)
            };
            assert!(said.as_ref().is_ok_and(|count| *count >= 2), "{name} in pieces of {piece}: {said:?}");
        }
    }
}

#[test]
fn neither_side_takes_the_words_of_the_other() {
    for (name, bytes) in corpus() {
        let said = if name.starts_with("client") { read::<Message>(&bytes, 64) } else { read::<Request>(&bytes, 64) };
        assert_eq!(said, Err(Malformed::Misplaced), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_conversations_are_read_or_refused(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        piece in 1_usize..200,
    ) {
        let corpus = corpus();
        let mut bytes = which.get(&corpus).1.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        // Either answer will do; it must be an answer, and the same in whatever pieces it came.
        prop_assert_eq!(read::<Request>(&bytes, piece), read::<Request>(&bytes, usize::MAX));
        prop_assert_eq!(read::<Message>(&bytes, piece), read::<Message>(&bytes, usize::MAX));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..400), piece in 1_usize..50) {
        prop_assert_eq!(read::<Request>(&bytes, piece).is_ok(), read::<Request>(&bytes, usize::MAX).is_ok());
        prop_assert_eq!(read::<Message>(&bytes, piece).is_ok(), read::<Message>(&bytes, usize::MAX).is_ok());
    }
}
