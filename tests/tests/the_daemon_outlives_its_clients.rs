//! Whatever clients do, it costs themselves, and neither the daemon nor others.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use vivarium_protocol::{Client, Hello, Incoming, Message, Request, SocketPath, Start, Target, VERSION};
use vivarium_session::session::{Session, SiteTable};
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;

/// Everything that a daemon says to someone who says this.
fn answer(daemon: &Daemon, said: &[u8]) -> Vec<Message> {
    let mut socket = UnixStream::connect(daemon.socket()).expect("it listens");
    // It may hang up before all of it is said.
    let _ = socket.write_all(said);
    let (mut incoming, mut messages) = (Incoming::default(), Vec::new());
    let mut room = [0; 4096];
    while let Ok(count @ 1..) = socket.read(&mut room) {
        incoming.push(&room[..count]);
        while let Some(message) = incoming.take().expect("it makes sense") {
            let is_last = matches!(message, Message::Refused(_));
            messages.push(message);
            if is_last {
                return messages;
            }
        }
    }
    messages
}

/// Whether a user can still observe.
fn serves(daemon: &Daemon) {
    let seen = daemon.observe(USER, &["--strict"], &["/bin/true"]);
    assert_eq!(seen.status.code(), Some(0), "{}", seen.stderr);
}

fn frame(tag: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a short frame");
    [tag.as_slice(), &length.to_le_bytes(), content].concat()
}

#[test]
fn nonsense_is_refused_with_a_reason() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut hello = Vec::new();
    Request::Hello(Hello::ours()).write(&mut hello).expect("it fits");
    let after_hello = |rest: &[u8]| [hello.as_slice(), rest].concat();
    for said in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        [b"STRT".as_slice(), &u32::MAX.to_le_bytes()].concat(),
        frame(b"STOP", b""),
        frame(b"DONE", b"{}"),
        after_hello(&frame(b"STRT", b"{")),
        after_hello(&frame(b"STRT", br#"{"targets": ["process"]}"#)),
        after_hello(&frame(b"STRT", br#"{"targets": ["caller"], "images": 60000}"#)),
        after_hello(&frame(b"STRT", br#"{"targets": ["caller"], "backend": "magic"}"#)),
        after_hello(&hello),
    ] {
        let answer = answer(&daemon, &said);
        assert!(matches!(answer.last(), Some(Message::Refused(_))), "{:?}: {answer:?}", String::from_utf8_lossy(&said));
    }
    serves(&daemon);
}

#[test]
fn another_version_is_refused_by_its_name() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut hello = Vec::new();
    Request::Hello(Hello { version: VERSION + 1, program: "later".to_owned() }).write(&mut hello).expect("it fits");
    let answer = answer(&daemon, &hello);
    let Some(Message::Refused(refusal)) = answer.last() else { panic!("{answer:?}") };
    assert!(refusal.to_string().contains(&format!("version {}", VERSION + 1)), "{refusal}");
}

#[test]
fn a_thousand_connections_are_borne() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let connections: Vec<_> = (0..1000).map(|_| UnixStream::connect(daemon.socket()).expect("it listens")).collect();
    serves(&daemon);
    drop(connections);
    serves(&daemon);
}

#[test]
fn a_client_that_stops_reading_pays_for_it_alone() {
    if !may_observe() {
        return;
    }
    const TIMES: u64 = 100_000;
    let daemon = Daemon::start();
    let opener = daemon.installed("vivarium-programs", "opener");
    let mut command = Command::new(&opener);
    command.args(["/dev/null", &TIMES.to_string(), "1"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let held = vivarium_daemon::daemon::Pidfd::open(vivarium_session::record::Pid(child.id())).expect("it runs");
    let descriptor = std::os::fd::AsFd::as_fd(&held);
    let start = Start::of([Target::Process]);
    let place = SocketPath::new(daemon.socket());
    let client = || Client::connect(&place).expect("it listens");
    let mut slow = client().start(&start, Vec::new(), &[descriptor]).expect("it is granted");
    let mut quick = client().start(&start, Vec::new(), &[descriptor]).expect("it is granted");
    let mut session = Session::new(quick.info().clone(), SiteTable::new(), Vec::new());
    child.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    let stopper = quick.stopper().expect("a copy");
    let ended = std::thread::spawn(move || {
        child.wait().expect("it can be waited for");
        stopper.stop().expect("it is heard");
    });
    let conclusion = quick.drain(&mut session);
    ended.join().expect("it ended");
    let quick = session.finish(conclusion).summary;

    let mut session = Session::new(slow.info().clone(), SiteTable::new(), Vec::new());
    slow.stop().expect("it is heard");
    let conclusion = slow.drain(&mut session);
    let slow = session.finish(conclusion).summary;
    let lost = slow.verdict.lost_events();
    assert!(lost > 0, "{TIMES} events are more than wait for anyone");
    assert!(slow.verdict.missing().iter().any(|missing| missing.to_string().contains("faster than this client")));
    assert_eq!(slow.events + lost, quick.events + quick.verdict.lost_events(), "each is accounted for");
    serves(&daemon);
}

/// How long the threads of a process have been on processors.
fn worked(pid: u32) -> std::time::Duration {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    let nanoseconds = threads.filter_map(Result::ok).filter_map(|thread| {
        let statistics = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        statistics.split(' ').next()?.parse::<u64>().ok()
    });
    std::time::Duration::from_nanos(nanoseconds.sum())
}

#[test]
fn who_makes_more_than_can_be_read_keeps_nobody_waiting() {
    if !may_observe() {
        return;
    }
    // One alone is read faster than it makes anything; so many readers cost more than it does.
    const SESSIONS: usize = 6;
    let daemon = Daemon::start();
    let opener = daemon.installed("vivarium-programs", "opener");
    let mut command = daemon.command(USER, &[&opener, "/dev/null", "1000000000", "2"]);
    let mut busy = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    let held = vivarium_daemon::daemon::Pidfd::open(vivarium_session::record::Pid(busy.id())).expect("it runs");
    let place = SocketPath::new(daemon.socket());
    let client = || Client::connect(&place).expect("it listens");
    let start = Start::of([Target::Process]);
    let begin = |_| client().start(&start, Vec::new(), &[std::os::fd::AsFd::as_fd(&held)]).expect("it is granted");
    let sessions: Vec<_> = (0..SESSIONS).map(begin).collect();
    busy.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    while worked(busy.id()) < std::time::Duration::from_secs(1) {
        std::thread::yield_now();
    }

    let begun = std::time::Instant::now();
    let mut other = client().start(&Start::of([Target::Caller]), Vec::new(), &[]).expect("it is granted");
    let mut session = Session::new(other.info().clone(), SiteTable::new(), Vec::new());
    other.stop().expect("it is heard");
    let conclusion = other.drain(&mut session);
    let took = begun.elapsed();
    busy.kill().expect("it can be killed");
    busy.wait().expect("it can be waited for");
    let verdict = session.finish(conclusion).summary.verdict;
    assert!(!verdict.missing().iter().any(|missing| missing.to_string().contains("did not end")), "{verdict:?}");
    assert!(took < std::time::Duration::from_secs(20), "it took {took:?}, as long as the other one was busy");
    drop(sessions);
    serves(&daemon);
}

#[test]
fn a_client_that_dies_leaves_nothing_behind() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let opener = daemon.installed("vivarium-programs", "opener");
    let mut command = Command::new(&opener);
    let mut child =
        command.args(["/dev/null", "1", "1"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it");
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    let semaphores = || {
        let output = Command::new(&vivarium).args(["sites", "--json", "--pid", &child.id().to_string()]).output();
        let listing: serde_json::Value = serde_json::from_slice(&output.expect("it lists").stdout).expect("JSON");
        let files = listing["files"].as_array().expect("files").iter();
        let sites = files.flat_map(|file| file["sites"].as_array().expect("sites"));
        sites.filter_map(|site| site["semaphore_value"].as_u64()).sum::<u64>()
    };
    let before = semaphores();
    let held = vivarium_daemon::daemon::Pidfd::open(vivarium_session::record::Pid(child.id())).expect("it runs");
    let client = Client::connect(&SocketPath::new(daemon.socket())).expect("it listens");
    let running = client.start(&Start::of([Target::Process]), Vec::new(), &[std::os::fd::AsFd::as_fd(&held)]);
    let running = running.expect("it is granted");
    assert!(semaphores() > before, "its functions are observed");
    drop(running);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while semaphores() > before {
        assert!(std::time::Instant::now() < deadline, "its functions are still observed");
        std::thread::yield_now();
    }
    drop(child.stdin.take());
    child.wait().expect("it can be waited for");
    serves(&daemon);
}
