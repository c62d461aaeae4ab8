//! What is asked for through rings is seen in the function that asks, whoever does it.

use std::fs;

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::{Expected, backend, bits, check, one_of, seen, whatever_comes_of_it};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_operation_is_seen_where_it_is_asked_for() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    for name in ["opened", "first", "second"] {
        fs::write(directory.join(name), "").expect("a file");
    }
    let directory = directory.to_str().expect("a plain name");
    let mut observation = Observation::of(&[], &[&subject("kinds"), "ring", directory]);
    observation.lines.iter_mut().for_each(forget_the_trial);
    check(&observation, "ring", &expected(directory));
    let threads = observation.events("proc_fork").count();
    assert_eq!(threads, 0, "a worker is nobody's thread");
}

/// Of what is done after something else, kernels differ in whether they try it without waiting first, as the hooks see.
fn forget_the_trial(line: &mut Value) {
    let is_later = matches!(line["site"]["name"].as_str(), Some("open_in_a_chain" | "ask_to_open_later"));
    if is_later && line["fields"]["flags"]["value"] == libc::O_NONBLOCK {
        line["fields"]["flags"] = plain();
    }
}

/// The flags of an open that only reads.
fn plain() -> Value {
    bits(libc::O_RDONLY, &["O_RDONLY"])
}

fn expected(directory: &str) -> Vec<Expected> {
    let at = |name: &str| json!({ "path": format!("{directory}/{name}") });
    let opened = |flags: Value| json!({ "path": format!("{directory}/opened"), "flags": flags, "mode": null });
    // Before it hands an open to a worker, the kernel tries it without waiting, which the hooks see.
    let tried = match backend() {
        Backend::Syscalls => plain(),
        _ => bits(libc::O_NONBLOCK, &["O_RDONLY", "O_NONBLOCK"]),
    };
    let connected = json!({
        "address": { "family": "AF_INET", "ip": "127.9.9.20", "port": 4720 },
        "family": one_of(libc::AF_INET, "AF_INET"),
        "type": one_of(libc::SOCK_STREAM, "SOCK_STREAM"),
        "protocol": one_of(libc::IPPROTO_TCP, "IPPROTO_TCP"),
    });
    vec![
        seen("open_by_ring", "path_open", [opened(tried)]),
        seen("open_by_worker", "path_open", [opened(plain())]),
        seen("open_in_a_chain", "path_open", [opened(plain()), opened(plain())]),
        seen("open_once_there_is_something", "path_open", []),
        seen("ask_to_open_later", "path_open", [opened(plain())]),
        seen("go_on", "path_open", []),
        whatever_comes_of_it("connect_by_ring", "sock_connect", [connected]),
        seen("unlink_by_ring", "file_unlink", [at("first")]),
        seen("unlink_and_leave", "file_unlink", []),
        seen("ask_and_leave", "file_unlink", [at("second")]),
        seen("come_back", "file_unlink", []),
    ]
}
