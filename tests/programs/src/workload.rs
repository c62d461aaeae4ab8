//! `workload JOB ...`: does one thing many times, and prints when it began, how long it took, and for how long of that it had a
//! processor.
//!
//! | job | what it does |
//! |---|---|
//! | `open FILE TIMES` | opens and closes a file in a function that isn't marked |
//! | `call TIMES` | calls a marked function that does nothing |
//! | `spawn PROGRAM TIMES` | starts a program and waits for its end |
//! | `pace FILE TIMES RATE THREADS` | opens and closes a file so many times on each thread, so often per second on all of them |
//!
//! It prints `begun B took T used U`, all in nanoseconds: B by the monotonic clock, which is that of all processes, and U with
//! that of its own.

use std::fs::File;
use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

const USAGE: &str = "usage: workload open FILE TIMES | call TIMES | spawn PROGRAM TIMES | pace FILE TIMES RATE THREADS";
/// How many times are done at a go where there is a pace to keep.
const BURST: u64 = 100;

fn main() -> ExitCode {
    let (begun, used) = (now(), used());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().expect("a number");
    match *arguments {
        ["open", file, times] => (0..number(times)).for_each(|_| open(file)),
        ["call", times] => (0..number(times)).for_each(call),
        ["spawn", program, times] => (0..number(times)).for_each(|_| spawn(program)),
        ["pace", file, times, rate, threads] => pace(file, number(times), number(rate), number(threads)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    }
    let (took, used) = (now() - begun, self::used() - used);
    println!("begun {} took {} used {}", begun.as_nanos(), took.as_nanos(), used.as_nanos());
    ExitCode::SUCCESS
}

fn now() -> Duration {
    clock_gettime(ClockId::CLOCK_MONOTONIC).expect("there is a monotonic clock").into()
}

/// For how long this process had a processor.
fn used() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("there is a clock of this process").into()
}

fn open(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

#[vivarium::observe]
#[inline(never)]
fn call(number: u64) {
    black_box(number);
}

fn spawn(program: &str) {
    let status = Command::new(program).stdin(Stdio::null()).status().expect("the program can be started");
    assert!(status.success(), "{program} ended with {status}");
}

fn pace(file: &str, times: u64, rate: u64, threads: u64) {
    let pause = Duration::from_nanos(1_000_000_000 * threads * BURST / rate);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut next = now();
                for time in 0..times {
                    if time % BURST == 0 {
                        thread::sleep(next.saturating_sub(now()));
                        next += pause;
                    }
                    open(file);
                }
            });
        }
    });
}
