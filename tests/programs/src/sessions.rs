//! `sessions WAY FILE OTHER`: a program that observes itself, in one way or another, and opens files in marked functions.
//!
//! It prints `done` when it comes to its end. What observes until something else happens prints `ready`, and goes on when it may
//! read a line or the end of its input.

use std::fs::File;
use std::io;
use std::process;
use std::sync::Barrier;
use std::thread;

use vivarium::Session;
use vivarium::fixture::{self, opens};

#[vivarium::observe]
fn one(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

#[vivarium::observe]
fn another(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [way, file, other] = arguments.as_slice() else { panic!("three arguments") };
    match way.as_str() {
        "marks-alone" => one(file),
        "dropped" => {
            let session = vivarium::observe_process();
            one(file);
            drop(session);
            another(other);
        }
        "exits" => {
            let _session = vivarium::observe_process();
            one(file);
            process::exit(3);
        }
        "panics" => {
            let _session = vivarium::observe_process();
            one(file);
            panic!("as it should");
        }
        "twice" => {
            vivarium::observe(|| one(file));
            vivarium::observe(|| another(other));
        }
        "nested" => {
            vivarium::observe(|| {
                one(file);
                vivarium::observe(|| another(other));
            });
        }
        "at-once" => at_once(file, other),
        "forks" => forks(file, other),
        "waits" => {
            let session = vivarium::observe_process();
            one(file);
            println!("ready");
            io::stdin().read_line(&mut String::new()).expect("the input can be read");
            another(other);
            drop(session);
        }
        "fixture" => {
            let seen = fixture::observe(|| one(file));
            another(other);
            seen.expect().only([opens(file).read_only().within("one")]).exactly(1, opens(file)).complete();
        }
        "fixture-fails" => {
            fixture::observe(|| one(file)).expect().no(opens(file));
        }
        "switches" => {
            let session = Session::builder().events(["path_open"]).start().expect("a session");
            let mut seen = 0;
            let mut innermost = || {
                one(file);
                let events = session.filter(opens(file));
                seen += 1;
                assert_eq!(events.len(), seen);
                events.last().and_then(|event| Some(event.span()?.name().to_owned()))
            };
            assert_eq!(innermost().as_deref(), Some("one"));
            session.disable("on?").expect("it is there");
            assert_eq!(innermost(), None);
            session.enable("/^one$/").expect("it is there");
            assert_eq!(innermost().as_deref(), Some("one"));
            let error = session.disable("anothr").expect_err("it is not there");
            println!("{error}, complete: {}", session.stop().is_complete());
        }
        "by-hand" => match Session::builder().events(["path_open"]).start() {
            Ok(session) => {
                one(file);
                let within = session.filter(opens(file));
                let span = within.first().and_then(|event| Some(event.span()?.name().to_owned()));
                println!("{} in {span:?}, complete: {}", within.len(), session.stop().is_complete());
            }
            Err(error) => println!("error: {error}"),
        },
        unknown => panic!("no such way: {unknown}"),
    }
    println!("done");
}

/// Two threads, each of which observes itself while the other one does something.
fn at_once(file: &str, other: &str) {
    let both = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            vivarium::observe(|| {
                both.wait();
                one(file);
                both.wait();
            });
        });
        scope.spawn(|| {
            vivarium::observe(|| {
                both.wait();
                another(other);
                both.wait();
            });
        });
    });
}

/// A child, which has a copy of the session and ends in the ordinary way.
fn forks(file: &str, other: &str) {
    let session = vivarium::observe_process();
    one(file);
    // SAFETY: no other thread of this program holds anything that the child needs.
    match unsafe { libc::fork() } {
        -1 => panic!("it cannot fork"),
        0 => {
            another(other);
            drop(session);
            process::exit(0);
        }
        child => {
            let mut status = 0;
            // SAFETY: our own child.
            let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
            assert_eq!((waited, status), (child, 0), "the child ends well");
        }
    }
}
