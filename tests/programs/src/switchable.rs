//! `switchable FOLDER [LINE...]`: nested marked functions that each open a file of their own name in FOLDER, told when by the
//! lines given, and then by those of its input.
//!
//! `call` calls them all, `hold` stays in the innermost until the next line, `poll` polls a future once that never ends, and each
//! line is answered with `done` when that has happened (`held` while it stays).

use std::fs::File;
use std::future::{Future, poll_fn};
use std::io::{self, BufRead as _};
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn open(folder: &Path, name: &str) {
    drop(File::open(folder.join(name)).expect("the file can be opened"));
}

#[vivarium::observe]
fn outer(folder: &Path, hold: &mut dyn FnMut()) {
    open(folder, "outer");
    middle(folder, hold);
    open(folder, "outer-after");
}

#[vivarium::observe]
fn middle(folder: &Path, hold: &mut dyn FnMut()) {
    open(folder, "middle");
    inner(folder, hold);
    open(folder, "middle-after");
}

#[vivarium::observe]
fn inner(folder: &Path, hold: &mut dyn FnMut()) {
    open(folder, "inner");
    hold();
    open(folder, "inner-after");
}

#[vivarium::observe]
async fn endless(folder: &Path) {
    loop {
        open(folder, "endless");
        let mut polled = false;
        poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

fn main() {
    let folder = std::env::args_os().nth(1).expect("a folder");
    let folder = Path::new(&folder);
    let mut future = pin!(endless(folder));
    let mut lines = std::env::args().skip(2).map(Ok).chain(io::stdin().lock().lines());
    println!("ready");
    while let Some(Ok(line)) = lines.next() {
        match line.as_str() {
            "call" => outer(folder, &mut || {}),
            "hold" => outer(folder, &mut || {
                println!("held");
                let _ = lines.next();
            }),
            "poll" => assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()),
            other => panic!("{other:?} means nothing"),
        }
        println!("done");
    }
}
