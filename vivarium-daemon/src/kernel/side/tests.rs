//! Who is let go.

use std::collections::BTreeSet;
use std::process::Command;

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::{Uid, gettid};
use vivarium_session::record::Pid;
use vivarium_sys::load::ThreadFlags;

use super::*;
use crate::family::has_ended;
use crate::kernel::Needs;

#[test]
fn who_has_ended_unseen_is_let_go_and_nobody_else() {
    if !Uid::effective().is_root() {
        return println!("nothing is tested: loading programs needs root");
    }
    let (mut side, _ring) = KernelSide::load(RingSize::default()).expect("a kernel side");
    if side.this_thread().expect("the thread's number").0 != gettid().as_raw().cast_unsigned() {
        return println!("nothing is tested: processes have other numbers in the initial namespace");
    }
    let session = side.begin(Needs::new([])).expect("a session");
    let mut ended = Command::new("true").spawn().expect("true starts");
    let mut running = Command::new("sleep").arg("60").spawn().expect("sleep starts");
    let id = Id::Pid(nix::unistd::Pid::from_raw(ended.id().cast_signed()));
    waitid(id, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).expect("it ends");
    // Of an end that was before, the kernel side is told as little as of one that the kernel keeps to itself.
    for process in [&ended, &running] {
        side.adopt(Tid(process.id()), Pid(process.id()), session, ThreadFlags::default()).expect("it is observed");
    }
    let before = side.processes(session).expect("the processes");
    side.bury(has_ended).expect("it is let go");
    let after = side.processes(session).expect("the processes");
    ended.wait().expect("it has ended");
    running.kill().expect("it is ours");
    running.wait().expect("it ends");
    assert_eq!(before, BTreeSet::from([Pid(ended.id()), Pid(running.id())]));
    assert_eq!(after, BTreeSet::from([Pid(running.id())]));
}
