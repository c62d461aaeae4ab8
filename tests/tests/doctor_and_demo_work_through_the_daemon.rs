//! Who has no privileges is told by `vivarium doctor` whether a daemon observes, and shown the demo through it.

use std::process::{Command, Output};

use serde_json::Value;
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::{may_observe, program};
use vivarium_tests::tool;

/// What a user gets who runs `vivarium` with these words, where the daemon listens or somewhere else.
fn vivarium(daemon: &Daemon, words: &[&str], socket: Option<&str>) -> Output {
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    let mut command = daemon.command(USER, &[&[vivarium.as_str()], words].concat());
    if let Some(socket) = socket {
        command.env("VIVARIUM_SOCKET", socket);
    }
    command.output().expect("vivarium starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_user_can_observe_all_of_their_own_through_the_daemon() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let doctor = vivarium(&daemon, &["doctor"], None);
    let said = text(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(0), "{said}");
    assert!(said.contains("everything of your own can be observed"), "{said}");

    let checkup: Value = serde_json::from_slice(&vivarium(&daemon, &["doctor", "--json"], None).stdout).expect("JSON");
    let found = &checkup["daemon"];
    assert_eq!((&found["state"], &checkup["used"]), (&"fine".into(), &Value::Null), "{checkup}");
    assert_eq!(found["socket"], *daemon.socket().to_str().expect("a plain name"));
    let backend = found["backend"].as_str().expect("the backend of the daemon");
    assert!(said.contains(&format!("observes with the backend {backend}")), "{said}");

    let demo = vivarium(&daemon, &["demo"], None);
    assert_eq!(demo.status.code(), Some(0), "{}", text(&demo.stderr));
    let shown = text(&demo.stdout);
    assert!(shown.contains("path_open") && shown.contains(": vivarium run -- PROGRAM"), "{shown}");
}

#[test]
fn without_a_daemon_both_remedies_are_named() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let nowhere = Some("/nowhere/daemon.sock");
    for command in ["doctor", "demo"] {
        let output = vivarium(&daemon, &[command], nowhere);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(125), "{said}");
        for word in ["sudo", "sudo vivariumd", "systemctl enable --now vivariumd.socket", "/nowhere/daemon.sock"] {
            assert!(said.contains(word), "{command} names {word}: {said}");
        }
    }
}

#[test]
fn root_of_a_namespace_is_told_that_it_is_none() {
    if !may_observe() || !tool::is_installed("unshare", "util-linux") {
        return;
    }
    let vivarium = program("vivarium-daemon", "vivarium");
    let doctor = Command::new("unshare").arg("-Ur").arg(vivarium).arg("doctor").output().expect("unshare starts");
    let said = text(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(125), "{said}");
    let privileges = said.lines().find(|line| line.contains("privileges")).expect("a line on privileges");
    assert!(privileges.starts_with("lacking") && privileges.contains("namespace of users"), "{privileges}");
}
