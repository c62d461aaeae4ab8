//! The golden recordings, and how they are rendered.

use std::fs;
use std::path::PathBuf;

/// Where the recordings of this version are.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vivarium-session/tests/golden/v1").join(name)
}

/// A recording.
pub(crate) fn recording(name: &str) -> Vec<u8> {
    fs::read(path(&format!("{name}.recording"))).expect("a golden recording")
}

/// How it is rendered: `tree` or `jsonl`.
pub(crate) fn rendered(name: &str, format: &str) -> String {
    fs::read_to_string(path(&format!("{name}.{format}"))).expect("a golden rendering")
}
