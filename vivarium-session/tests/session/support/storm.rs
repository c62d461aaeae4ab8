//! A program that does what is hard to show, observed by a kernel side that loses some of it.

use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{MAX_DEPTH, TextLength, UNKNOWN_NUMBER};

use super::kernel::{Kernel, ROOT};
use super::places::Site;
use super::wire::whole;

const THREAD: u32 = 4244;
const CHILD: u32 = 4251;
const STRANGER: u32 = 77;

/// What the kernel saw of it.
pub(crate) fn storm() -> Kernel {
    let mut kernel = Kernel::new();
    kernel.executes(ROOT, "/bin/storm", &["storm", "a \"quoted\" one", "line\nbreak", ""]);
    hostile_texts(&mut kernel);
    panics(&mut kernel);
    losses(&mut kernel);
    identities(&mut kernel);
    deep(&mut kernel);
    children(&mut kernel);
    kernel
}

fn hostile_texts(kernel: &mut Kernel) {
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x20);
    let created = (libc_flags(), 0o640);
    for path in [&b"/tmp/red \x1b[31m"[..], b"/tmp/\xff\xfe", "/tmp/café \u{202e}txt.exe".as_bytes()] {
        kernel.raw_event(ROOT, EventKind::PATH_OPEN, Some(-13), &[created.0, created.1], &[whole(path)]);
    }
    let cut = TextLength { kept: 8, whole: 5_000 };
    kernel.raw_event(ROOT, EventKind::FILE_UNLINK, Some(0), &[], &[("/long/ü".as_bytes(), cut)]);
    kernel.raw_event(ROOT, EventKind::FILE_CHMOD, None, &[UNKNOWN_NUMBER], &[(b"", TextLength::UNKNOWN)]);
    kernel.event(ROOT, EventKind::FILE_RENAME, &[2], &[b"/a", b"/b"]);
    kernel.event(ROOT, EventKind::FILE_SYMLINK, &[], &[b"target", b"/link"]);
    kernel.leave(ROOT, 0x20);
}

/// `O_WRONLY`, `O_CREAT` and a bit that nobody knows.
fn libc_flags() -> u64 {
    1 | 0o100 | 1 << 40
}

fn panics(kernel: &mut Kernel) {
    kernel.enter(ROOT, Site::PARSE, 0x21);
    kernel.panics(ROOT, "index \x07 out of \"bounds\"");
    kernel.leave_by_panic(ROOT, 0x21);
}

fn losses(kernel: &mut Kernel) {
    kernel.losing(|kernel| kernel.enter(ROOT, Site::LOAD_CONFIG, 0x22));
    kernel.enter(ROOT, Site::PARSE, 0x23);
    kernel.opens(ROOT, "/lost/start");
    kernel.losing(|kernel| {
        kernel.opens(ROOT, "/never/seen");
        kernel.leave(ROOT, 0x23);
    });
    kernel.opens(ROOT, "/lost/stop");
    kernel.leave(ROOT, 0x22);
    kernel.appear(STRANGER, STRANGER, "stranger");
    kernel.entered_before(STRANGER);
    kernel.opens(STRANGER, "/unknown");
}

fn identities(kernel: &mut Kernel) {
    kernel.event(ROOT, EventKind::SETID_CHANGE, &[1000, 1000, 1000, 0, 0, 1000], &[]);
    kernel.event(ROOT, EventKind::ODD_SOCKET, &[16, 3, 9], &[]);
    kernel.event(ROOT, EventKind::TASK_KILL, &[u64::MAX - 4242, 15], &[]);
    kernel.event(ROOT, EventKind::SOCK_CONNECT, &[1, 1, 0], &[b"\x01\0\0abstract"]);
}

fn deep(kernel: &mut Kernel) {
    let first = 0x100;
    let last = first + MAX_DEPTH as u64 + 1;
    for instance in first..=last {
        kernel.enter(ROOT, Site::STEP, instance);
    }
    kernel.opens(ROOT, "/deep");
    for instance in (first..=last).rev() {
        kernel.leave(ROOT, instance);
    }
}

fn children(kernel: &mut Kernel) {
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x30);
    for (turn, child) in (CHILD..CHILD + 3).enumerate() {
        kernel.forks(ROOT, child);
        kernel.executes(child, "/bin/true", &["true"]);
        kernel.exits(child, if turn == 2 { 1 << 8 } else { 0 });
    }
    kernel.spawns(ROOT, THREAD);
    kernel.opens(THREAD, "/by/thread");
    kernel.forks(ROOT, CHILD + 3);
    kernel.opens(CHILD + 3, "/by/copy");
    kernel.exits(CHILD + 3, 11 | 0x80);
}
