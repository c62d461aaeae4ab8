//! `opener FILE TIMES THREADS`: opens and closes FILE TIMES times in a marked function, on each of THREADS threads.
//!
//! It prints `ready` and begins when it may read a line or the end of its input; when it is done it prints `done`.

use std::fs::File;
use std::io;

#[vivarium::observe]
fn open_and_close(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("the first argument is a file");
    let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).expect("a number");
    let (times, threads) = (number(), number());
    println!("ready");
    io::stdin().read_line(&mut String::new()).expect("the input can be read");
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..times {
                    open_and_close(&file);
                }
            });
        }
    });
    println!("done");
}
