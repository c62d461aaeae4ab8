//! Threads and processes that a call makes.

use std::process::Command;

use crate::calls::elsewhere;
use crate::ledger::{self, Token};

/// The first argument of an executed child.
pub(crate) const LEAF: &str = "leaf";

/// A thread.
pub(crate) fn thread(creator: Token) {
    std::thread::spawn(move || elsewhere(creator)).join().expect("the thread does not panic");
}

/// A forked child.
pub(crate) fn fork(creator: Token) {
    // SAFETY: the child uses what glibc keeps usable after a fork of a program with threads: memory, files, `_exit`.
    match unsafe { libc::fork() } {
        -1 => panic!("fork failed"),
        0 => {
            elsewhere(creator);
            // SAFETY: ends the child without the parent's exit handlers.
            unsafe { libc::_exit(0) }
        }
        child => {
            let mut status = 0;
            // SAFETY: our own child, and a place for its status.
            let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
            assert_eq!((waited, status), (child, 0), "the forked child failed");
        }
    }
}

/// This program again, executed.
pub(crate) fn execute(creator: Token) {
    let itself = std::env::current_exe().expect("the program knows its file");
    let output = Command::new(itself)
        .arg(LEAF)
        .arg(ledger::directory())
        .arg(creator.to_string())
        .output()
        .expect("the program can be executed again");
    assert!(output.status.success(), "the executed child failed: {output:?}");
    let touches = String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints a number");
    ledger::add(touches);
}

/// What an executed child does.
pub(crate) fn leaf(mut arguments: impl Iterator<Item = String>) {
    let directory = arguments.next().expect("a directory");
    let creator = arguments.next().and_then(|text| Token::parse(&text)).expect("a token");
    ledger::open(directory.into());
    elsewhere(creator);
    println!("{}", ledger::touches());
}
