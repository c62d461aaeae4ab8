//! A short program that does a little of everything.

use vivarium_sys::event::EventKind;

use super::kernel::{Kernel, ROOT};
use super::places::Site;

const WORKER: u32 = 4243;
const HELPER: u32 = 4250;

/// What the kernel saw of it.
pub(crate) fn tour() -> Kernel {
    let mut kernel = Kernel::new();
    kernel.executes(ROOT, "/home/ann/tour/target/debug/examples/tour", &["target/debug/examples/tour"]);
    kernel.opens(ROOT, "/lib/x86_64-linux-gnu/libc.so.6");
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.wait(100);
    kernel.opens(ROOT, "/etc/hosts");
    kernel.wait(900);
    kernel.leave(ROOT, 0x10);
    kernel.spawns(ROOT, WORKER);
    kernel.poll(ROOT, Site::FETCH, 0x11);
    kernel.wait(2_900);
    let address = [&[2, 0, 0x1f, 0x90, 127, 0, 0, 1], &[0; 8][..]].concat();
    kernel.event(ROOT, EventKind::SOCK_CONNECT, &[2, 1, 6], &[&address]);
    kernel.suspend(ROOT, 0x11);
    kernel.wait(36_300);
    for last in [false, true] {
        kernel.poll(WORKER, Site::FETCH, 0x11);
        if last { kernel.ready(WORKER, 0x11) } else { kernel.suspend(WORKER, 0x11) }
    }
    kernel.enter(ROOT, Site::SPAWN_HELPER, 0x12);
    kernel.wait(200);
    kernel.forks(ROOT, HELPER);
    kernel.executes(HELPER, "/bin/sh", &["sh", "-c", "id"]);
    kernel.opens(HELPER, "/etc/passwd");
    kernel.exits(HELPER, 0);
    kernel.wait(7_000);
    kernel.leave(ROOT, 0x12);
    kernel.exits(ROOT, 0);
    kernel
}
