//! The golden recordings, and how they are rendered without the command.

use std::fs;
use std::path::PathBuf;

use vivarium_session::recording::{Reader, replay};
use vivarium_session::sink::{Jsonl, Look, Sink, Tree};

/// Where the recordings of this version are.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vivarium-session/tests/golden/v1").join(name)
}

/// A recording.
pub(crate) fn recording(name: &str) -> Vec<u8> {
    fs::read(path(&format!("{name}.recording"))).expect("a golden recording")
}

/// How the session itself would have rendered it, as a tree.
pub(crate) fn tree(name: &str) -> String {
    rendered(name, |output| Box::new(Tree::new(output, Look::plain())))
}

/// How the session itself would have rendered it, as JSON lines.
pub(crate) fn lines(name: &str) -> String {
    rendered(name, |output| Box::new(Jsonl::new(output)))
}

fn rendered(name: &str, sink: for<'o> fn(&'o mut Vec<u8>) -> Box<dyn Sink + 'o>) -> String {
    let (recording, mut output) = (recording(name), Vec::new());
    let reader = Reader::new(recording.as_slice()).expect("a recording");
    replay(reader, vec![sink(&mut output)]).expect("a recording");
    String::from_utf8(output).expect("UTF-8")
}
