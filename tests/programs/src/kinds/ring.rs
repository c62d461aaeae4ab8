//! What is asked for through rings.

use std::ffi::CString;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::Path;

use io_uring::squeue::{Entry, Flags};
use io_uring::{IoUring, opcode, types};

use crate::deed::{Deed, deeds, path};
use crate::net::{ADDRESS_BYTES, address, pointer, socket};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "path_open": open_by_ring, open_by_worker, open_in_a_chain, open_once_there_is_something;
    "sock_connect": connect_by_ring;
    "file_unlink": unlink_by_ring, unlink_and_leave;
};

/// A ring.
fn ring() -> IoUring {
    IoUring::new(8).expect("a ring")
}

/// Asks for something without waiting for it.
fn ask(ring: &mut IoUring, entry: Entry) {
    // SAFETY: the callers keep what the entry points to until it is done.
    unsafe { ring.submission().push(&entry).expect("room for it") };
    ring.submit().expect("it is asked for");
}

/// What came of it.
fn wait(ring: &mut IoUring) -> i32 {
    ring.submit_and_wait(1).expect("it is done");
    ring.completion().next().expect("it is done").result()
}

fn open(name: &CString, flags: Flags) {
    let mut ring = ring();
    let here = types::Fd(libc::AT_FDCWD);
    ask(&mut ring, opcode::OpenAt::new(here, name.as_ptr()).build().flags(flags));
    assert!(wait(&mut ring) >= 0);
}

fn ask_to_unlink(ring: &mut IoUring, name: &CString) {
    let here = types::Fd(libc::AT_FDCWD);
    ask(ring, opcode::UnlinkAt::new(here, name.as_ptr()).build());
}

#[vivarium::observe]
fn open_by_ring(directory: &Path) {
    open(&path(directory, "opened"), Flags::empty());
}

#[vivarium::observe]
fn open_by_worker(directory: &Path) {
    open(&path(directory, "opened"), Flags::ASYNC);
}

/// Asks for two things, of which the second is done after the first.
fn ask_for_both(ring: &mut IoUring, first: Entry, second: Entry) {
    // SAFETY: the callers keep what the entries point to until they are done.
    unsafe { ring.submission().push_multiple(&[first.flags(Flags::IO_LINK), second]).expect("room for them") };
    ring.submit().expect("they are asked for");
}

/// Waits for two things that go well.
fn wait_for_both(ring: &mut IoUring) {
    ring.submit_and_wait(2).expect("they are done");
    assert!(ring.completion().all(|done| done.result() >= 0));
}

/// A worker does the first, and the second is done when that is over.
#[vivarium::observe]
fn open_in_a_chain(directory: &Path) {
    let mut ring = ring();
    let name = path(directory, "opened");
    let opened = || opcode::OpenAt::new(types::Fd(libc::AT_FDCWD), name.as_ptr()).build();
    // The flags of an entry are set as a whole.
    let by_worker = opened().flags(Flags::ASYNC | Flags::IO_LINK);
    // SAFETY: the name lives until both are done.
    unsafe { ring.submission().push_multiple(&[by_worker, opened()]).expect("room for them") };
    ring.submit().expect("they are asked for");
    wait_for_both(&mut ring);
}

/// Who asks is in another function when it can be done.
fn open_once_there_is_something(directory: &Path) {
    #[vivarium::observe]
    fn ask_to_open_later(ring: &mut IoUring, pipe: &impl AsRawFd, byte: &mut u8, name: &CString) {
        let read = opcode::Read::new(types::Fd(pipe.as_raw_fd()), byte, 1).build();
        let open = opcode::OpenAt::new(types::Fd(libc::AT_FDCWD), name.as_ptr()).build();
        ask_for_both(ring, read, open);
    }

    #[vivarium::observe]
    fn go_on(ring: &mut IoUring, mut pipe: impl Write) {
        pipe.write_all(b"x").expect("somebody reads");
        wait_for_both(ring);
    }

    let mut ring = ring();
    let name = path(directory, "opened");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut byte = 0;
    ask_to_open_later(&mut ring, &reader, &mut byte, &name);
    go_on(&mut ring, writer);
}

#[vivarium::observe]
fn connect_by_ring(_: &Path) {
    let mut ring = ring();
    let (client, nobody) = (socket(libc::AF_INET, libc::SOCK_STREAM, 0), address(20, 4720));
    ask(&mut ring, opcode::Connect::new(types::Fd(client.as_raw_fd()), pointer(&nobody), ADDRESS_BYTES).build());
    assert_eq!(wait(&mut ring), -libc::ECONNREFUSED);
}

#[vivarium::observe]
fn unlink_by_ring(directory: &Path) {
    let mut ring = ring();
    let name = path(directory, "first");
    ask_to_unlink(&mut ring, &name);
    assert_eq!(wait(&mut ring), 0);
}

/// Who asks is in another function when it is done.
fn unlink_and_leave(directory: &Path) {
    #[vivarium::observe]
    fn ask_and_leave(ring: &mut IoUring, name: &CString) {
        ask_to_unlink(ring, name);
    }

    #[vivarium::observe]
    fn come_back(ring: &mut IoUring) {
        assert_eq!(wait(ring), 0);
    }

    let mut ring = ring();
    let name = path(directory, "second");
    ask_and_leave(&mut ring, &name);
    come_back(&mut ring);
}
