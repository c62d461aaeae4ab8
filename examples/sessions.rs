//! A program that looks at itself, through `vivariumd` and without privileges of its own.
//!
//! ```text
//! sudo vivariumd &
//! cargo run --example sessions
//! ```
//!
//! Without a daemon it says so, in one line, and does what it does.

use std::fs;
use std::net::TcpStream;

use vivarium::Session;
use vivarium::fixture::opens;

fn main() {
    // The whole program, until the end of `main`; the tree goes to standard error.
    let _session = vivarium::observe_process();

    // Just this closure.
    let hosts = vivarium::observe(|| count_lines("/etc/hosts"));
    println!("{hosts} lines");

    // By hand: to iterate, to filter, to save.
    match Session::builder().events(["@net", "path_open"]).start() {
        Ok(session) => {
            // Nobody listens there.
            let _ = TcpStream::connect("127.0.0.1:9");
            count_lines("/etc/hostname");
            for event in session.events() {
                let within = event.span().map_or("no function", |span| span.name());
                println!("in {within}: {event}");
            }
            println!("{} opens in /etc", session.filter(opens("/etc/**")).len());
            let seen = session.stop();
            println!("{} events in all, {}", seen.events().count(), verdict(seen.is_complete()));
        }
        Err(error) => println!("nothing is seen of this: {error}"),
    }
}

fn verdict(is_complete: bool) -> &'static str {
    if is_complete { "complete" } else { "incomplete" }
}

#[vivarium::observe]
fn count_lines(file: &str) -> usize {
    fs::read_to_string(file).map_or(0, |text| text.lines().count())
}
