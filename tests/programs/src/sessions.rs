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
        "fixture-panics" => {
            fixture::observe(|| {
                one(file);
                panic!("as it should");
            });
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
        "executes" => {
            let mut program = process::Command::new(file);
            program.args([other, "1", "1"]).stdin(process::Stdio::null()).stdout(process::Stdio::null());
            let seen = fixture::observe(|| program.status().expect("it can be executed"));
            seen.expect().exactly(1, opens(other)).no("@net").complete();
        }
        "again" => again(file),
        "often" => often(file),
        "left" => left(file),
        "deep" => {
            let _around = Session::builder().start().expect("a session");
            for depth in [10, 100] {
                let seen = beneath(depth, &|| fixture::observe(|| one(file)));
                println!("{depth}: {} complete: {}", seen.events().count(), seen.is_complete());
            }
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

/// How often a session sees a file opened that is opened once outside of marked functions.
fn opened_once(file: &str) -> usize {
    let session = Session::builder().events(["path_open"]).start().expect("a session");
    drop(File::open(file).expect("the file can be opened"));
    let seen = session.stop();
    assert!(seen.is_complete(), "nothing is missing");
    seen.events().filter(|event| opens(file).matches(event)).count()
}

/// Sessions one after the other.
fn again(file: &str) {
    println!("{:?}", [(); 4].map(|()| opened_once(file)));
}

/// More fixtures on one thread than the kernel follows functions in each other.
fn often(file: &str) {
    for _ in 0..80 {
        let seen = fixture::observe(|| one(file));
        seen.expect().only([opens(file).within("one")]).exactly(1, opens(file)).complete();
    }
}

/// A thread is in a function when one session ends, and in none any more when the next one begins.
fn left(file: &str) {
    #[vivarium::observe]
    fn stays(both: &Barrier) {
        both.wait();
        both.wait();
    }

    let both = Barrier::new(2);
    thread::scope(|scope| {
        let session = Session::builder().events(["path_open"]).start().expect("a session");
        scope.spawn(|| {
            stays(&both);
            both.wait();
            both.wait();
            drop(File::open(file).expect("the file can be opened"));
        });
        both.wait();
        drop(session);
        both.wait();
        both.wait();
        let session = Session::builder().events(["path_open"]).start().expect("a session");
        both.wait();
        while session.filter(opens(file)).is_empty() {
            thread::yield_now();
        }
        let functions: Vec<_> = session.filter(opens(file)).iter().map(|event| event.span().is_some()).collect();
        println!("in a function: {functions:?}");
    });
}

/// Does something at the bottom of so many functions.
#[vivarium::observe]
fn beneath<T>(depth: usize, what: &dyn Fn() -> T) -> T {
    if depth == 0 { what() } else { beneath(depth - 1, what) }
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
