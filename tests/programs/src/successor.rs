//! `successor PROGRAM ARGUMENTS`: a thread executes PROGRAM in a marked function, while the main thread waits for it in another.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;

#[vivarium::observe]
fn execute(command: &mut Command) {
    let error = command.exec();
    panic!("the program can be executed: {error}");
}

#[vivarium::observe]
fn let_execute(mut command: Command) {
    thread::spawn(move || execute(&mut command)).join().expect("nothing comes back");
}

fn main() {
    let mut words = std::env::args_os().skip(1);
    let mut command = Command::new(words.next().expect("the first argument is a program"));
    command.args(words);
    let_execute(command);
}
