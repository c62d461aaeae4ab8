//! A function that cannot be attached to runs unseen: what it does would stand in the function around it as if that did it.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::{Observation, may_observe, program};
use vivarium_tests::tool;

/// One instruction that isn't that of a probe.
const OTHER: [u8; 1] = [0xcc];

/// Rewrites the probe at which the marked function starts.
fn rewrite_start(program_file: &Path) {
    let listed =
        Command::new(program("vivarium-daemon", "vivarium")).args(["sites", "--json"]).arg(program_file).output();
    let listed: Value = serde_json::from_slice(&listed.expect("vivarium starts").stdout).expect("JSON");
    let probes = listed["files"][0]["sites"][0]["probes"].as_array().expect("a site with probes").clone();
    let start = probes.iter().find(|probe| probe["probe"] == "span_start").expect("its start");
    let file = fs::OpenOptions::new().write(true).open(program_file).expect("it is ours");
    file.write_all_at(&OTHER, start["offset"].as_u64().expect("where it is")).expect("it can be written to");
}

/// Takes what describes the sites out of a program.
fn strip_notes(program_file: &Path) {
    let _ = tool::run(Command::new("objcopy").args(["-R", ".note.vivarium", "-R", ".note.stapsdt"]).arg(program_file));
}

/// What is seen of a program that something has been done to, through the daemon and without one.
fn observed(spoil: fn(&Path)) -> [Observation; 2] {
    let daemon = Daemon::start();
    let opener = daemon.installed("vivarium-programs", "opener");
    spoil(Path::new(&opener));
    let words = [opener.as_str(), "/dev/null", "0", "1"];
    [daemon.observe(USER, &["--strict"], &words), Observation::of(&["--strict"], &words)]
}

#[track_caller]
fn lacks(seen: &Observation, what: &str) {
    assert_eq!(seen.status.code(), Some(3), "{} {}", seen.stderr, seen.summary());
    let missing = seen.summary()["missing"].to_string();
    assert!(missing.contains(what), "{missing}");
}

#[test]
fn where_its_probe_was_rewritten() {
    if !may_observe() {
        return;
    }
    for seen in observed(rewrite_start) {
        lacks(&seen, "could not be attached to");
        assert!(seen.summary()["notes"].to_string().contains("open_and_close"), "{}", seen.summary());
    }
}

#[test]
fn where_nothing_describes_it() {
    if !may_observe() || !tool::is_installed("objcopy", "binutils") {
        return;
    }
    for seen in observed(strip_notes) {
        lacks(&seen, "the notes that describe them were stripped");
        lacks(&seen, r#""missing":"functions""#);
    }
}
