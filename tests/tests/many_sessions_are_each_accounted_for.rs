//! Many sessions at once, on processes that they share: each gets everything of its processes, and counts what it does not get.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Stdio};
use std::rc::Rc;
use std::thread;

use vivarium_daemon::daemon::Pidfd;
use vivarium_protocol::{Client, Running, SocketPath, Start, Target};
use vivarium_session::accounting::Verdict;
use vivarium_session::filter::Filter;
use vivarium_session::record::Pid;
use vivarium_session::record::value::Value;
use vivarium_session::session::{Session, SiteTable, Step, Summary};
use vivarium_session::sink::{Context, Sink};
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;

/// What they open.
const FILE: &str = "/dev/null";
const PROCESSES: usize = 6;
const SESSIONS: usize = 20;
/// How often each process opens a file.
const TIMES: u64 = 2_000;

/// The processes that a session observes: some have one, some several, and each process is in many sessions.
fn processes_of(session: usize) -> Vec<usize> {
    (0..=session % 3).map(|more| (session + more) % PROCESSES).collect()
}

fn begin(place: &SocketPath, processes: &[Child], session: usize) -> Running {
    let held: Vec<_> = processes_of(session)
        .into_iter()
        .map(|process| Pidfd::open(Pid(processes[process].id())).expect("it runs"))
        .collect();
    let mut start = Start::of(held.iter().map(|_| Target::Process));
    start.kinds = Filter::default().events(["path_open"]).expect("there is such a kind").kinds();
    let pidfds: Vec<_> = held.iter().map(AsFd::as_fd).collect();
    let client = Client::connect(place).expect("it listens");
    client.start(&start, Vec::new(), &pidfds).expect("it is granted")
}

/// Counts what is asked for, and not what threads open when they begin.
#[derive(Default)]
struct Opens(Rc<Cell<u64>>);

impl Sink for Opens {
    fn name(&self) -> &'static str {
        "opens"
    }

    fn step(&mut self, step: &Step<'_>, _: Context<'_>) -> io::Result<()> {
        if let Step::Event(event) = step
            && matches!(event.event.field("path"), Some(Value::Text(path)) if path.bytes() == FILE.as_bytes())
        {
            self.0.set(self.0.get() + 1);
        }
        Ok(())
    }

    fn end(&mut self, _: &Summary, _: Context<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// How many opens came, and what the session came to.
fn seen(mut running: Running) -> (u64, Verdict) {
    let opens = Rc::default();
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Opens(Rc::clone(&opens)))];
    let mut session = Session::new(running.info().clone(), SiteTable::new(), sinks);
    let conclusion = running.drain(&mut session);
    (opens.get(), session.finish(conclusion).summary.verdict)
}

#[test]
fn none_gets_less_nor_more_than_its_own() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let opener = daemon.installed("vivarium-programs", "opener");
    let mut processes: Vec<_> = (0..PROCESSES)
        .map(|_| {
            let mut command = daemon.command(USER, &[&opener, FILE, &TIMES.to_string(), "1"]);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
            child.stdout.as_mut().expect("its output").read_exact(&mut [0; 6]).expect("it says that it is ready");
            child
        })
        .collect();
    let place = SocketPath::new(daemon.socket());
    let sessions: Vec<_> = (0..SESSIONS).map(|session| begin(&place, &processes, session)).collect();
    let stoppers: Vec<_> = sessions.iter().map(|running| running.stopper().expect("a copy")).collect();
    let readers: Vec<_> = sessions.into_iter().map(|running| thread::spawn(move || seen(running))).collect();

    for process in &mut processes {
        process.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    }
    for process in &mut processes {
        assert!(process.wait().expect("it can be waited for").success());
    }
    stoppers.iter().for_each(|stopper| stopper.stop().expect("it is heard"));
    for (session, reader) in readers.into_iter().enumerate() {
        let (opens, verdict) = reader.join().expect("it read all of it");
        let (expected, lost) = (processes_of(session).len() as u64 * TIMES, verdict.lost_events());
        assert!(opens <= expected && expected <= opens + lost, "session {session}: {opens} of {expected}, {verdict:?}");
        assert_eq!(verdict.is_complete(), lost == 0, "session {session}: {verdict:?}");
    }
}
