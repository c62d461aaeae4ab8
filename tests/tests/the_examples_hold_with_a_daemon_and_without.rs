//! The fixtures of the examples, as `cargo test` runs them where a daemon is, and where none is.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vivarium_tests::cargo::{built_by, command};
use vivarium_tests::daemon::Daemon;
use vivarium_tests::observation::may_observe;
use vivarium_tests::tool::printed;

/// Where nobody listens.
const NOWHERE: &str = "/nowhere/vivariumd.sock";

/// The package of the examples.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// Runs the fixtures, as cargo does.
fn run(socket: &Path, mode: &str, package: &Path) -> Output {
    let mut cargo = command("test");
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["--package", "vivarium-examples", "--test", "fixtures", "--no-run"]);
    let built = built_by(cargo).unwrap_or_else(|error| panic!("{error}"));
    let fixtures = built.into_iter().find(|artifact| artifact.target.name == "fixtures");
    let fixtures = fixtures.and_then(|artifact| artifact.executable).expect("the fixtures are a program");
    Command::new(fixtures)
        .current_dir(package)
        .env("CARGO_MANIFEST_DIR", package)
        .env("VIVARIUM_SOCKET", socket)
        .env("VIVARIUM_FIXTURES", mode)
        .output()
        .expect("the fixtures start")
}

fn passes(output: &Output) {
    assert!(output.status.success(), "{}{}", printed(&output.stdout), printed(&output.stderr));
}

/// The recordings in a package.
fn recordings(package: &Path) -> Vec<PathBuf> {
    let folder = package.join("tests/recordings/fixtures");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|suffix| suffix == "vivarium"));
    files
}

#[test]
fn with_one_everything_is_observed() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let output = run(&daemon.socket(), "require", &package());
    passes(&output);
    assert!(!printed(&output.stderr).contains("not observed"), "{}", printed(&output.stderr));
}

#[test]
fn what_is_recorded_with_one_is_replayed_without() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let elsewhere = tempfile::tempdir().expect("a folder");
    passes(&run(&daemon.socket(), "record", elsewhere.path()));
    assert_eq!(recordings(elsewhere.path()).len(), recordings(&package()).len(), "the recordings are all there");
    drop(daemon);
    passes(&run(Path::new(NOWHERE), "replay", elsewhere.path()));
}

#[test]
fn without_one_what_was_committed_is_held_against_the_expectations() {
    passes(&run(Path::new(NOWHERE), "replay", &package()));
    // And not because nothing is.
    let empty = tempfile::tempdir().expect("a folder");
    assert!(!run(Path::new(NOWHERE), "replay", empty.path()).status.success());
}

#[test]
fn without_one_a_line_of_each_says_that_it_is_skipped() {
    let output = run(Path::new(NOWHERE), "", &package());
    passes(&output);
    let said = printed(&output.stderr);
    let skipped = said.lines().filter(|line| line.contains("is not observed, its expectations are skipped")).count();
    assert_eq!(skipped, recordings(&package()).len(), "{said}");
}
