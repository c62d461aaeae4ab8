//! `opener FILE TIMES THREADS [RATE]`: opens and closes FILE TIMES times in a marked function, on each of THREADS threads; with
//! RATE, in one that is not marked, and so often per second on each.
//!
//! It prints `ready` and begins when it may read a line or the end of its input; when it is done it prints `done`.

use std::fs::File;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

#[vivarium::observe]
fn open_and_close(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

/// How many times are done at a go where there is a pace to keep.
const BURST: u64 = 20;

fn keep_pace(file: &str, times: u64, rate: u64) {
    let (begun, burst) = (Instant::now(), Duration::from_nanos(1_000_000_000 * BURST / rate));
    for time in 0..times {
        if time % BURST == 0 {
            let due = begun + burst * u32::try_from(time / BURST).expect("not that many");
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        drop(File::open(file).expect("the file can be opened"));
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("the first argument is a file");
    let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).expect("a number");
    let (times, threads) = (number(), number());
    let rate = arguments.next().map(|text| text.parse().expect("a number"));
    println!("ready");
    io::stdin().read_line(&mut String::new()).expect("the input can be read");
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| match rate {
                Some(rate) => keep_pace(&file, times, rate),
                None => (0..times).for_each(|_| open_and_close(&file)),
            });
        }
    });
    println!("done");
}
