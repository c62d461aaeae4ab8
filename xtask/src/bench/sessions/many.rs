//! A hundred sessions over fifty processes, and what the daemon holds for them and without them.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::bars::Bar;
use super::scene::{Scene, Waiting};
use crate::bench::keyed::number;

const PROCESSES: u64 = 50;
const SESSIONS: u64 = 100;
/// How many events there are in a second altogether.
const RATE: u64 = 200_000;
const FILE: &str = "/dev/null";
/// How long an idle daemon is watched: a timer of any use would have come.
const WATCHED: Duration = Duration::from_secs(3);

/// What became of a session.
pub(super) struct Ended {
    pub(super) opens: u64,
    pub(super) lost: u64,
    pub(super) is_complete: bool,
    /// When, in nanoseconds of the monotonic clock.
    pub(super) at: u64,
}

pub(super) fn measure(scene: &Scene, seconds: u64) -> anyhow::Result<Vec<Bar>> {
    let daemon = scene.daemon()?;
    let wakes = idle_wakes(daemon.pid())?;
    let idle = Memory::of(daemon.pid())?;
    let times = RATE / PROCESSES * seconds;
    let words = [FILE, &times.to_string(), "1", &(RATE / PROCESSES).to_string()].map(str::to_owned);
    let mut processes =
        (0..PROCESSES).map(|_| scene.started("opener", &words, "ready")).collect::<Result<Vec<_>, _>>()?;
    let one = watch(scene, 1, &processes)?;
    let with_one = Memory::of(daemon.pid())?;
    drop(one);
    let mut observers = watch(scene, SESSIONS, &processes)?;
    let with_all = Memory::of(daemon.pid())?;

    let begun = Instant::now();
    processes.iter_mut().try_for_each(Waiting::go)?;
    let mut peak = with_all;
    while !processes.iter_mut().all(Waiting::has_ended) {
        peak = peak.max(Memory::of(daemon.pid())?);
        thread::sleep(Duration::from_millis(20));
    }
    let took = begun.elapsed().as_secs_f64();
    observers.go()?;
    let ended = ended(&observers.end()?.0)?;
    let is_exact = |ended: &&Ended| ended.opens + ended.lost >= times && ended.opens <= times;
    let inexact = ended.iter().filter(|ended| !is_exact(ended)).count();
    let dishonest = ended.iter().filter(|ended| ended.is_complete != (ended.lost == 0)).count();
    let lossy = ended.iter().filter(|ended| ended.lost > 0).count();
    let per_session = with_all.kib.saturating_sub(with_one.kib) as f64 / 1024.0 / (SESSIONS - 1) as f64;
    let mib = |memory: Memory| memory.kib as f64 / 1024.0;
    Ok(vec![
        Bar::below(30.0, mib(idle), "MiB", "the idle daemon"),
        Bar::none(wakes, "times that the idle daemon was woken in 3 s"),
        Bar::below(2.0, per_session, "MiB", "a session in the daemon, one of 100"),
        Bar::told(mib(peak), "MiB", "the daemon with 100 sessions, at most"),
        Bar::told(
            (times * PROCESSES) as f64 / took / 1000.0,
            "k/s",
            "opens by 50 processes, each seen by two sessions",
        ),
        Bar::none(
            SESSIONS as usize - ended.len() + inexact,
            "sessions of 100 whose opens and losses are not those of their process",
        ),
        Bar::none(dishonest, "sessions of 100 whose verdict does not say whether something was lost"),
        Bar::told(lossy as f64, "", "sessions of 100 that lost something, and said so"),
    ])
}

/// Sessions on these processes by turns, all begun.
pub(super) fn watch(scene: &Scene, sessions: u64, processes: &[Waiting]) -> anyhow::Result<Waiting> {
    let mut words = vec!["watch".to_owned(), FILE.to_owned(), sessions.to_string()];
    words.extend(processes.iter().map(|process| process.pid().to_string()));
    scene.started("observers", &words, "observing")
}

/// What became of each session.
pub(super) fn ended(said: &str) -> anyhow::Result<Vec<Ended>> {
    let line = |line: &str| -> Option<Ended> {
        let mut words = line.split_whitespace().skip(1).step_by(2);
        Some(Ended {
            opens: words.next()?.parse().ok()?,
            lost: words.next()?.parse().ok()?,
            is_complete: words.next()?.parse().ok()?,
            at: words.next()?.parse().ok()?,
        })
    };
    said.lines().map(|said| line(said).with_context(|| format!("a session said {said:?}"))).collect()
}

/// How often the daemon is woken that nobody asks anything.
fn idle_wakes(pid: u32) -> anyhow::Result<usize> {
    // What it began with is over by then.
    thread::sleep(WATCHED);
    let before = waits(pid)?;
    thread::sleep(WATCHED);
    Ok(usize::try_from(waits(pid)? - before)?)
}

/// How often the threads of a process have waited for something.
fn waits(pid: u32) -> anyhow::Result<u64> {
    let mut waits = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        waits += number(&fs::read_to_string(thread?.path().join("status"))?, "voluntary_ctxt_switches:");
    }
    Ok(waits)
}

/// What a process holds, with its part in the ring as far as that is mapped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Memory {
    kib: u64,
}

impl Memory {
    fn of(pid: u32) -> anyhow::Result<Self> {
        Ok(Self { kib: number(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmRSS:") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sessions_say_is_read() {
        let ended = ended("opens 5 lost 2 complete false ended 77\n").expect("a line");
        assert_eq!((ended[0].opens, ended[0].lost, ended[0].is_complete, ended[0].at), (5, 2, false, 77));
        assert!(super::ended("no session\n").is_err());
    }
}
