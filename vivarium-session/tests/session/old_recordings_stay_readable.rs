use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use vivarium_session::recording::VERSION;

use crate::support::golden::{assert_golden, assert_golden_json, is_writing, path};
use crate::support::observation::{recording, render};
use crate::support::storm::storm;
use crate::support::tour::tour;

#[test]
fn every_one_is_rendered_as_it_was() {
    let mut seen = 0;
    for folder in list(&path("")).into_iter().filter(|path| path.is_dir()) {
        for file in list(&folder).into_iter().filter(|file| file.extension() == Some(OsStr::new("recording"))) {
            let (_, tree, lines) = render(&fs::read(&file).expect("a file")).expect("a recording");
            assert_golden(&file.with_extension("tree"), &tree);
            assert_golden_json(&file.with_extension("jsonl"), &lines);
            seen += 1;
        }
    }
    assert!(seen >= 2, "there are some");
}

#[test]
fn there_are_some_of_the_version_that_is_written_now() {
    for (name, scene) in [("tour", tour()), ("storm", storm())] {
        let file = path(&format!("v{VERSION}/{name}.recording"));
        if is_writing() && !file.exists() {
            fs::write(&file, recording(&scene)).expect("the file can be written");
        }
        assert!(file.exists(), "{} is there", file.display());
    }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the golden recordings are there");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}
