//! Whoever has no privileges observes through the daemon, and sees the same as root without one.

use vivarium_tests::daemon::{Attached, Daemon, OTHER_USER, USER};
use vivarium_tests::observation::{Observation, may_observe, subject};
use vivarium_tests::waiting::Waiting;

const FILE: &str = "/dev/null";
const TIMES: usize = 100;

/// What a session shows, without what differs from one run to the next.
fn shown(observation: &Observation) -> Vec<String> {
    let opens = observation.events("path_open");
    let of_file = opens.filter(|open| open["fields"]["path"].as_str() == Some(FILE) || open.to_string().contains(FILE));
    of_file.map(|open| format!("{} {}", open["kind"], open["fields"])).collect()
}

#[test]
fn a_user_sees_what_root_sees_and_nothing_is_lost() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::shared();
    let opener = daemon.installed("vivarium-programs", "opener");
    let times = TIMES.to_string();
    let seen = daemon.observe(USER, &["--strict"], &[&opener, FILE, &times, "1"]);
    assert!(seen.status.success(), "{}", seen.stderr);
    assert_eq!(seen.stdout, "ready\ndone\n");
    assert_eq!(seen.summary()["verdict"], "complete", "{}", seen.summary());

    // Which loads only what is compared.
    let by_root = Observation::of(&["--strict", "-e", "path_open"], &[subject("opener").as_str(), FILE, &times, "1"]);
    assert_eq!(shown(&seen), shown(&by_root));
    assert_eq!(shown(&seen).len(), TIMES);
    let spans = |observation: &Observation| {
        observation.lines.iter().filter(|line| line["type"] == "span_start" || line["type"] == "span").count()
    };
    assert_eq!(spans(&seen), spans(&by_root));
    assert!(spans(&seen) >= TIMES, "functions are seen from the first one on");
}

/// A program of a user that waits before it opens this file so often.
fn opener(daemon: &Daemon, user: u32, file: &str) -> Waiting {
    let opener = daemon.installed("vivarium-programs", "opener");
    Waiting::start(&mut daemon.command(user, &[&opener, file, &TIMES.to_string(), "1"]))
}

#[test]
fn a_user_attaches_to_own_processes_alone() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::shared();
    let own = opener(&daemon, USER, "/dev/zero");
    let others = [OTHER_USER, 0].map(|user| opener(&daemon, user, "/dev/full"));

    let attached = Attached::begin(&daemon, USER, &["--strict", "--pid", &own.pid().to_string()]);
    for other in others {
        let refused = Attached::start(&daemon, USER, &["--daemon", "--pid", &other.pid().to_string()]);
        assert!(!refused.observes(), "it is not the user's");
        assert_eq!(other.let_go().stdout, b"done\n");
        let refused = refused.end();
        assert_eq!(refused.status.code(), Some(125), "{}", refused.stderr);
        assert!(refused.stderr.contains("runs as another user"), "{}", refused.stderr);
        assert!(refused.lines.is_empty(), "nothing is told of it: {:?}", refused.lines);
    }
    let pid = own.pid();
    assert_eq!(own.let_go().stdout, b"done\n");

    let seen = attached.end();
    assert_eq!(seen.status.code(), Some(0), "{} {}", seen.stderr, seen.summary());
    assert_eq!(seen.summary()["verdict"], "complete", "{}", seen.summary());
    let opens: Vec<_> = seen.events("path_open").filter(|open| open["fields"]["path"] == "/dev/zero").collect();
    assert_eq!(opens.len(), TIMES, "{}", seen.summary());
    assert!(opens.iter().all(|open| open["site"]["name"] == "open_and_close"), "each in its function: {opens:?}");
    let foreign = seen.lines.iter().find(|line| line.get("pid").is_some_and(|process| *process != pid));
    assert_eq!(foreign, None, "nothing is seen of others");
}

#[test]
fn a_command_ends_as_it_does_without_vivarium() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::shared();
    let status = |script: &str| daemon.observe(USER, &[], &["/bin/sh", "-c", script]).status.code();
    assert_eq!(status("exit 7"), Some(7));
    assert_eq!(status("kill -TERM $$"), Some(128 + libc::SIGTERM));
    assert_eq!(daemon.observe(USER, &[], &["/nowhere/program"]).status.code(), Some(127));
}

#[test]
fn a_script_without_a_first_line_is_run_by_the_shell() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::shared();
    let script = daemon.folder().join("script");
    std::fs::write(&script, "echo from a script\n").expect("it can be written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).expect("it can be executable");
    let seen = daemon.observe(USER, &["--strict"], &[script.to_str().expect("a plain name")]);
    assert_eq!((seen.stdout.as_str(), seen.status.code()), ("from a script\n", Some(0)), "{}", seen.stderr);
}

#[test]
fn without_a_daemon_one_line_says_what_to_do() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::shared();
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    let mut command = daemon.command(USER, &[&vivarium, "run", "--", "/bin/true"]);
    let output = command.env("VIVARIUM_SOCKET", "/nowhere/daemon.sock").output().expect("vivarium starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(125));
    assert!(said.contains("/nowhere/daemon.sock") && said.contains("sudo vivariumd"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn the_daemon_keeps_the_power_that_it_needs_and_no_more() {
    if !may_observe() {
        return;
    }
    /// `CAP_DAC_READ_SEARCH`, `CAP_SYS_PTRACE`, `CAP_PERFMON`, `CAP_BPF` and `CAP_CHECKPOINT_RESTORE`.
    const NEEDED: u64 = 1 << 2 | 1 << 19 | 1 << 38 | 1 << 39 | 1 << 40;
    const SYS_ADMIN: u64 = 1 << 21;
    let read = |path: &str| std::fs::read_to_string(path).expect("it can be read");
    let release = read("/proc/sys/kernel/osrelease");
    let mut version = release.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    let attaches_by_events = (version.next(), version.next()) < (Some(6), Some(6));
    // Other kernels have no such level.
    let is_paranoid =
        || read("/proc/sys/kernel/perf_event_paranoid").trim_end().parse::<i32>().is_ok_and(|level| level > 2);
    let allowed = if attaches_by_events && is_paranoid() { NEEDED | SYS_ADMIN } else { NEEDED };

    let daemon = Daemon::shared();
    let status = read(&format!("/proc/{}/status", daemon.pid()));
    for set in ["CapPrm:", "CapEff:", "CapBnd:"] {
        let has = status.lines().find_map(|line| line.strip_prefix(set)).expect("the kernel tells it").trim();
        let has = u64::from_str_radix(has, 16).expect("a number");
        assert_eq!((has & NEEDED, has & !allowed), (NEEDED, 0), "{set} {has:x}");
    }
}
