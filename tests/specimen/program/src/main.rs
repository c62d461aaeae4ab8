//! `specimen [--hold] [--panic] [PLUGIN]`: calls every marked function, and prints what they give.
//!
//! With `--hold` it says `ready`, and goes on when it is given a line. With `--panic` a marked function panics.

mod future;
mod plugin;

use std::io::{self, BufRead, Write};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use numbers::Ledger;

#[derive(Default)]
struct Args {
    hold: bool,
    panic: bool,
    plugin: Option<PathBuf>,
}

impl Args {
    fn parse() -> Self {
        let mut args = Self::default();
        for argument in std::env::args_os().skip(1) {
            match argument.to_str() {
                Some("--hold") => args.hold = true,
                Some("--panic") => args.panic = true,
                _ => args.plugin = Some(argument.into()),
            }
        }
        args
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let plugin = args.plugin.as_deref().map(plugin::load);
    if args.hold {
        hold();
    }
    work();
    if let Some(plugin) = plugin {
        println!("plugin: {}", plugin.call(40));
    }
    if args.panic {
        println!("panicked: {}", panic::catch_unwind(|| divide(1, 0)).is_err());
    }
    ExitCode::SUCCESS
}

/// Waits for a line, or for the end of the input.
fn hold() {
    println!("ready");
    io::stdout().flush().expect("standard output is open");
    io::stdin().lock().read_line(&mut String::new()).expect("standard input gives text");
}

#[vivarium::observe]
fn work() {
    println!("largest: {:?} {:?}", numbers::largest(&[3, 7, 5]), numbers::largest(&[0.5, 2.5]));
    let mut ledger = Ledger::default();
    for amount in [10, -3, 5] {
        ledger.enter(amount);
    }
    println!("balance: {}", ledger.balance());
    println!("numbers: {:?} {:?}", words::number("12"), words::number("twelve"));
    println!("shout: {} {}", words::shout("one two three"), words::letters::vowels("vowels"));
    println!("count: {}", future::finish(words::count("one two three")));
    future::give_up(words::count("one two three"));
}

#[vivarium::observe(name = "share")]
fn divide(amount: u32, parts: u32) -> u32 {
    amount.checked_div(parts).expect("there are parts")
}
