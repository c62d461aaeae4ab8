//! Paths are as the process itself would write them: through mounts, in an overlay, and from the root directory that it has;
//! and what it does there once is told once.

use std::fs;

use vivarium_tests::observation::{Observation, may_observe, subject};

/// What an event tells: its kind, and its paths.
type Told = (String, Vec<String>);

#[test]
fn through_mounts_in_overlays_and_other_roots() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    for name in ["source", "bound", "lower", "upper", "work", "merged"] {
        fs::create_dir(directory.join(name)).expect("a directory");
    }
    for name in ["source/file", "lower/file"] {
        fs::write(directory.join(name), "text").expect("a file");
    }
    let directory = directory.to_str().expect("a plain name");
    let kinds = "path_open,file_create,file_rename,file_unlink";
    let observation = Observation::of(&["-e", kinds], &[&subject("elsewhere"), directory]);
    assert!(observation.status.success(), "{}", observation.stderr);
    assert_eq!(observation.summary()["verdict"], "complete", "{}", observation.stderr);

    assert_eq!(told(&observation, "through_a_mount"), touched(&format!("{directory}/bound/")));

    // As strace and `/proc` show it, the root directory is the process's own.
    let mut in_root = touched("/");
    in_root.push(("path_open".to_owned(), vec!["/file".to_owned()]));
    assert_eq!(told(&observation, "in_another_root"), in_root);

    if observation.stdout.contains("no overlay") {
        return eprintln!("not tested: {}", observation.stdout.trim());
    }
    let merged = format!("{directory}/merged/");
    let mut in_overlay = touched(&merged);
    in_overlay.push(("path_open".to_owned(), vec![format!("{merged}file")]));
    assert_eq!(told(&observation, "through_an_overlay"), in_overlay);
}

/// What is told of what is done in one directory.
fn touched(directory: &str) -> Vec<Told> {
    let event =
        |kind: &str, names: &[&str]| (kind.to_owned(), names.iter().map(|name| format!("{directory}{name}")).collect());
    vec![
        event("path_open", &["file"]),
        event("file_create", &["one"]),
        event("path_open", &["one"]),
        event("file_rename", &["one", "two"]),
        event("file_unlink", &["two"]),
    ]
}

/// What is told of what happened in a function.
fn told(observation: &Observation, function: &str) -> Vec<Told> {
    let events = observation.lines.iter().filter(|line| line["type"] == "event" && line["site"]["name"] == function);
    let paths = |line: &serde_json::Value| -> Vec<String> {
        let path = |name| Some(line["fields"][name].as_str()?.to_owned());
        ["path", "from", "to"].into_iter().filter_map(path).collect()
    };
    events.map(|line| (line["kind"].as_str().expect("a kind").to_owned(), paths(line))).collect()
}
