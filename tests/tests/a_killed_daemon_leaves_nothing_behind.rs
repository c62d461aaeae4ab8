//! Killed at any moment, the daemon leaves what it observed running as before, its clients with an honest verdict, and nothing of
//! its own.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use vivarium_daemon::daemon::Pidfd;
use vivarium_protocol::{Client, SocketPath, Start, Target};
use vivarium_session::record::Pid;
use vivarium_session::session::{Session, SiteTable, Summary};
use vivarium_session::sink::{Context, Sink};
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;

/// How often it is killed.
const ROUNDS: u32 = 4;
/// How often the program opens a file on each of its threads.
const TIMES: &str = "200000";
/// So many records later than the round before it is killed in each round.
const LATER: u64 = 2000;
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many records have come to the clients of a round.
#[derive(Clone, Default)]
struct Arrived(Arc<AtomicU64>);

impl Arrived {
    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Sink for Arrived {
    fn name(&self) -> &'static str {
        "count"
    }

    fn record(&mut self, _raw: &[u8]) -> io::Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn end(&mut self, _summary: &Summary, _context: Context<'_>) -> io::Result<()> {
        Ok(())
    }
}

fn opener(daemon: &Daemon, program: &str, times: &str) -> Child {
    let mut command = daemon.command(USER, &[program, "/dev/null", times, "2"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdout.as_mut().expect("its output").read_exact(&mut [0; 6]).expect("it says that it is ready");
    child
}

/// What the semaphores of a process count together.
fn semaphores(vivarium: &str, pid: u32) -> u64 {
    let output = Command::new(vivarium).args(["sites", "--json", "--pid", &pid.to_string()]).output();
    let listing: serde_json::Value = serde_json::from_slice(&output.expect("it lists").stdout).expect("JSON");
    let files = listing["files"].as_array().expect("files").iter();
    let sites = files.flat_map(|file| file["sites"].as_array().expect("sites"));
    sites.filter_map(|site| site["semaphore_value"].as_u64()).sum()
}

#[test]
fn programs_go_on_and_clients_end_with_an_honest_verdict() {
    if !may_observe() {
        return;
    }
    let mut daemon = Daemon::start();
    for round in 0..ROUNDS {
        let program = daemon.installed("vivarium-programs", "opener");
        let vivarium = daemon.installed("vivarium-daemon", "vivarium");
        // One that does much, one that waits, and one that only shows who is attached.
        let mut busy = opener(&daemon, &program, TIMES);
        let mut waiting = opener(&daemon, &program, "10");
        let place = SocketPath::new(daemon.socket());
        let arrived = Arrived::default();
        let clients = [busy.id(), busy.id(), waiting.id()].map(|pid| {
            let held = Pidfd::open(Pid(pid)).expect("it runs");
            let client = Client::connect(&place).expect("it listens");
            let running = client.start(&Start::of([Target::Process]), Vec::new(), &[held.as_fd()]);
            let mut running = running.expect("it is granted");
            let arrived = arrived.clone();
            thread::spawn(move || {
                let mut session = Session::new(running.info().clone(), SiteTable::new(), vec![Box::new(arrived)]);
                let conclusion = running.drain(&mut session);
                (Instant::now(), session.finish(conclusion).summary)
            })
        });
        busy.stdin.as_mut().expect("its input").write_all(b"\n").expect("it reads");
        assert!(semaphores(&vivarium, waiting.id()) > 0, "it is attached");
        let deadline = Instant::now() + PATIENCE;
        while arrived.count() < u64::from(round) * LATER {
            assert!(Instant::now() < deadline, "round {round}: only {} records came", arrived.count());
            thread::yield_now();
        }

        let killed = Instant::now();
        daemon = daemon.restarted();
        for client in clients {
            let (ended, summary) = client.join().expect("it ends");
            assert!(ended - killed < PATIENCE, "round {round}: it waited {:?}", ended - killed);
            assert!(!summary.verdict.is_complete(), "round {round}: {:?}", summary.verdict);
            let missing: Vec<_> = summary.verdict.missing().iter().map(ToString::to_string).collect();
            assert!(missing.iter().any(|missing| missing.contains("vivariumd went away")), "{missing:?}");
        }
        let deadline = Instant::now() + PATIENCE;
        while semaphores(&vivarium, waiting.id()) > 0 {
            assert!(Instant::now() < deadline, "round {round}: its functions are still observed");
        }
        waiting.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
        let mut said = String::new();
        waiting.stdout.take().expect("its output").read_to_string(&mut said).expect("text");
        assert!(waiting.wait().expect("it ends").success() && said == "done\n", "round {round}: {said:?}");
        assert!(busy.try_wait().expect("it is ours").is_none_or(|status| status.success()), "round {round}");
        busy.kill().expect("it is ours");
        busy.wait().expect("it can be waited for");
    }
    let pins = fs::read_dir("/sys/fs/bpf")
        .map_or(0, |pins| pins.flatten().filter(|pin| pin.file_name().to_string_lossy().contains("vivarium")).count());
    assert_eq!(pins, 0, "nothing is pinned");
}
