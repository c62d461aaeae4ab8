//! `chains FILE COUNT`: COUNT chains of threads. Each thread makes the next one of its chain and ends, until the standard input
//! does; the last of each chain opens FILE in a marked function.
//!
//! It prints `ready` when all chains have begun.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

#[vivarium::observe]
fn last_link(file: &str) {
    drop(File::open(file).expect("the file can be opened"));
}

fn link(file: Arc<str>, is_enough: Arc<AtomicBool>, ended: Sender<()>) {
    if is_enough.load(Ordering::Relaxed) {
        last_link(&file);
        // Who waits for all of them is there.
        let _ = ended.send(());
        return;
    }
    thread::spawn(move || link(file, is_enough, ended));
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file: Arc<str> = arguments.next().expect("the first argument is a file").into();
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).expect("a number");
    let is_enough = Arc::new(AtomicBool::new(false));
    let (ended, ends) = channel();
    for _ in 0..count {
        link(Arc::clone(&file), Arc::clone(&is_enough), ended.clone());
    }
    println!("ready");
    io::stdin().read_line(&mut String::new()).expect("the input can be read");
    is_enough.store(true, Ordering::Relaxed);
    ends.iter().take(count).for_each(drop);
}
