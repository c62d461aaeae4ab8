//! A daemon that nobody asks anything does nothing, and holds little.

use std::fs;
use std::thread;
use std::time::Duration;

use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;

/// How much it may hold, in KiB.
const BAR: u64 = 30 << 10;
/// How long it is watched: a timer of any use would have come.
const WATCHED: Duration = Duration::from_secs(3);

/// A number of a process or a thread, in the words of `/proc`.
fn number(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("it is a number")
}

/// How often the threads of a process have waited for something.
fn waits(pid: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("it runs").flatten();
    let statuses = threads.map(|thread| fs::read_to_string(thread.path().join("status")).expect("a thread"));
    statuses.map(|status| number(&status, "voluntary_ctxt_switches")).sum()
}

/// How often it waits, until it does no more.
fn settled(pid: u32) -> u64 {
    let mut before = waits(pid);
    loop {
        thread::sleep(Duration::from_millis(500));
        let now = waits(pid);
        if now == before {
            return now;
        }
        before = now;
    }
}

#[test]
fn it_is_not_woken_and_has_given_back_what_it_does_not_need() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    for _ in 0..2 {
        let before = settled(daemon.pid());
        thread::sleep(WATCHED);
        assert_eq!(waits(daemon.pid()), before, "it was woken, and nobody asked for anything");
        let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).expect("it runs");
        let held = number(&status, "VmRSS");
        assert!(held < BAR, "it holds {held} KiB");
        // And again when somebody has observed something.
        let seen = daemon.observe(USER, &["--strict"], &["/bin/true"]);
        assert_eq!(seen.status.code(), Some(0), "{}", seen.stderr);
    }
}
