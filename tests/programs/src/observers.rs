//! `observers ...`: clients of the daemon, as many as one wants.
//!
//! | way | what it does |
//! |---|---|
//! | `watch FILE SESSIONS PID...` | so many sessions at once, on the processes by turns, until a line comes or the daemon goes |
//! | `open-close PID ROUNDS` | one session after the other |
//!
//! The first prints `observing` when all have begun, and for each that has ended a line `opens O lost L complete C ended E`: how
//! many opens of the file came and how many are known to be lost, and when it was over by the monotonic clock. The second prints
//! for each round `opened O closed C`. Times are in nanoseconds.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use vivarium_protocol::{Client, Running, SocketPath, Start, Stopper, Target};
use vivarium_session::filter::Filter;
use vivarium_session::record::value::Value;
use vivarium_session::session::{Clock, Outcome, Session, SiteTable, Step, Summary};
use vivarium_session::sink::{Context, Sink};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["watch", file, sessions, pids @ ..] if !pids.is_empty() => watch(file, number(sessions), pids),
        ["open-close", pid, rounds] => open_close(pid, number(rounds)),
        _ => panic!("what is to be observed?"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// A session on a process.
fn begin(pid: &str) -> Running {
    let pid: libc::pid_t = pid.parse().expect("a pid");
    // SAFETY: it takes two numbers.
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let descriptor = i32::try_from(descriptor).ok().filter(|number| *number >= 0).expect("it runs");
    // SAFETY: the kernel has just made it for us.
    let held = unsafe { OwnedFd::from_raw_fd(descriptor) };
    let mut start = Start::of([Target::Process]);
    start.kinds = Filter::default().events(["path_open"]).expect("there is such a kind").kinds();
    let client = Client::connect(&SocketPath::from_environment()).expect("it listens");
    client.start(&start, Vec::new(), &[held.as_fd()]).expect("it is granted")
}

/// Counts the opens of one file.
struct Opens {
    file: String,
    count: Rc<Cell<u64>>,
}

impl Sink for Opens {
    fn name(&self) -> &'static str {
        "opens"
    }

    fn step(&mut self, step: &Step<'_>, _: Context<'_>) -> io::Result<()> {
        if let Step::Event(event) = step
            && matches!(event.event.field("path"), Some(Value::Text(path)) if path.bytes() == self.file.as_bytes())
        {
            self.count.set(self.count.get() + 1);
        }
        Ok(())
    }

    fn end(&mut self, _: &Summary, _: Context<'_>) -> io::Result<()> {
        Ok(())
    }
}

fn drained(running: &mut Running, sinks: Vec<Box<dyn Sink>>) -> Outcome {
    let mut session = Session::new(running.info().clone(), SiteTable::new(), sinks);
    let conclusion = running.drain(&mut session);
    session.finish(conclusion)
}

fn watch(file: &str, sessions: usize, pids: &[&str]) {
    let sessions: Vec<_> = (0..sessions).map(|session| begin(pids[session % pids.len()])).collect();
    let stoppers: Vec<_> = sessions.iter().map(|running| running.stopper().expect("a copy")).collect();
    let readers = sessions.into_iter().map(|mut running| {
        let file = file.to_owned();
        thread::spawn(move || {
            let count = Rc::new(Cell::new(0));
            let outcome = drained(&mut running, vec![Box::new(Opens { file, count: Rc::clone(&count) })]);
            let ended = Clock::now().monotonic;
            let verdict = &outcome.summary.verdict;
            (count.get(), verdict.lost_events(), verdict.is_complete(), ended)
        })
    });
    let readers: Vec<_> = readers.collect();
    println!("observing");
    // It is left behind where the daemon goes first.
    thread::spawn(move || {
        if io::stdin().read_line(&mut String::new()).is_ok_and(|count| count > 0) {
            for result in stoppers.iter().map(Stopper::stop) {
                // The daemon may be gone, which the reader sees as well.
                drop(result);
            }
        }
    });
    for reader in readers {
        let (opens, lost, is_complete, ended) = reader.join().expect("it reads to the end");
        println!("opens {opens} lost {lost} complete {is_complete} ended {}", ended.0);
    }
}

fn open_close(pid: &str, rounds: usize) {
    for _ in 0..rounds {
        let begun = Instant::now();
        let mut running = begin(pid);
        let opened = begun.elapsed();
        let begun = Instant::now();
        running.stop().expect("it listens");
        let outcome = drained(&mut running, Vec::new());
        let closed = begun.elapsed();
        assert!(outcome.summary.verdict.is_complete(), "{:?}", outcome.summary.verdict);
        println!("opened {} closed {}", opened.as_nanos(), closed.as_nanos());
    }
}
