//! Files that outputs are held against. With `GOLDEN=write` in the environment they are written; look at the difference.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// A file or folder of golden recordings.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Whether the files are to be written.
pub(crate) fn is_writing() -> bool {
    env::var_os("GOLDEN").is_some_and(|value| value == "write")
}

/// Holds a text against a file.
#[track_caller]
pub(crate) fn assert_golden(path: &Path, text: &str) {
    let expected = read_or_write(path, text);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_lines(path, lines(text), lines(&expected));
}

/// Holds JSON lines against a file. A kind may have got fields since then: they are not known of old events.
#[track_caller]
pub(crate) fn assert_golden_json(path: &Path, text: &str) {
    let expected = read_or_write(path, text);
    assert_lines(path, known(text), known(&expected));
}

fn read_or_write(path: &Path, text: &str) -> String {
    if is_writing() {
        fs::write(path, text).expect("the file can be written");
    }
    fs::read_to_string(path).expect("the file is there")
}

#[track_caller]
fn assert_lines<T: PartialEq + std::fmt::Debug>(path: &Path, are: Vec<T>, were: Vec<T>) {
    assert_eq!(are.len(), were.len(), "lines of {}", path.display());
    for (number, (is, was)) in are.into_iter().zip(were).enumerate() {
        assert_eq!(is, was, "line {} of {}", number + 1, path.display());
    }
}

fn known(lines: &str) -> Vec<Value> {
    let parsed = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    parsed
        .map(|mut line| {
            if let Some(fields) = line["fields"].as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
            line
        })
        .collect()
}
