//! What is where in the file system, in a namespace that nobody else sees.

use std::ffi::CStr;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr;

use super::{at, call, descriptor};
use crate::deed::{done, path};

/// Makes a namespace of mounts that others don't see.
fn be_alone() {
    // SAFETY: pointers to texts that end with a zero byte, or to nothing.
    unsafe {
        done(libc::unshare(libc::CLONE_NEWNS));
        done(libc::mount(c"none".as_ptr(), c"/".as_ptr(), ptr::null(), libc::MS_REC | libc::MS_PRIVATE, ptr::null()));
    }
}

/// Mounts a file system in memory.
fn mount(path: &CStr, flags: libc::c_ulong) {
    // SAFETY: texts that end with a zero byte.
    done(unsafe {
        libc::mount(c"memory".as_ptr(), path.as_ptr(), c"tmpfs".as_ptr(), flags, c"size=1m".as_ptr().cast())
    });
}

#[vivarium::observe]
pub(super) fn mount_memory(directory: &Path) {
    be_alone();
    mount(&path(directory, "mount"), libc::MS_NOSUID | libc::MS_NODEV);
}

#[vivarium::observe]
pub(super) fn remount_memory(directory: &Path) {
    const SET_FLAG: usize = 0;
    const RECONFIGURE: usize = 7;
    let place = path(directory, "mount");
    let here = libc::AT_FDCWD as usize;
    let context = descriptor(call(libc::SYS_fspick, [here, place.as_ptr() as usize, 0, 0, 0]));
    let configure = |command, key| done(call(libc::SYS_fsconfig, [context.as_raw_fd() as usize, command, key, 0, 0]));
    configure(SET_FLAG, at(c"ro"));
    configure(RECONFIGURE, 0);
}

#[vivarium::observe]
pub(super) fn unmount_memory(directory: &Path) {
    let place = path(directory, "mount");
    // SAFETY: a text that ends with a zero byte.
    done(unsafe { libc::umount2(place.as_ptr(), libc::MNT_DETACH) });
}

#[vivarium::observe]
pub(super) fn move_a_mount(directory: &Path) {
    const CREATE: usize = 6;
    const EMPTY_PATH: usize = 4;
    let context = descriptor(call(libc::SYS_fsopen, [at(c"tmpfs"), 0, 0, 0, 0]));
    done(call(libc::SYS_fsconfig, [context.as_raw_fd() as usize, CREATE, 0, 0, 0]));
    let mount = descriptor(call(libc::SYS_fsmount, [context.as_raw_fd() as usize, 0, 0, 0, 0]));
    let place = path(directory, "mount");
    let here = libc::AT_FDCWD as usize;
    done(call(libc::SYS_move_mount, [mount.as_raw_fd() as usize, at(c""), here, place.as_ptr() as usize, EMPTY_PATH]));
}

/// Does something in another process, which is over then.
fn apart(act: impl FnOnce()) {
    // SAFETY: this program has one thread.
    match done(unsafe { libc::fork() }) {
        0 => {
            // Another root is that of everyone in the namespace.
            // SAFETY: a plain number.
            done(unsafe { libc::unshare(libc::CLONE_NEWNS) });
            act();
            // SAFETY: there is nothing to clean up.
            unsafe { libc::_exit(0) }
        }
        child => {
            let mut status = 0;
            // SAFETY: there is room for the status.
            done(unsafe { libc::waitpid(child, &mut status, 0) });
            assert_eq!(status, 0);
        }
    }
}

#[vivarium::observe]
pub(super) fn pivot_the_root(directory: &Path) {
    apart(|| {
        let root = path(directory, "root");
        mount(&root, 0);
        let old = path(directory, "root/old");
        // SAFETY: texts that end with a zero byte.
        done(unsafe { libc::mkdir(old.as_ptr(), 0o700) });
        done(call(libc::SYS_pivot_root, [root.as_ptr() as usize, old.as_ptr() as usize, 0, 0, 0]));
    });
}

#[vivarium::observe]
pub(super) fn change_the_root(directory: &Path) {
    apart(|| {
        // SAFETY: a text that ends with a zero byte.
        done(unsafe { libc::chroot(path(directory, "root").as_ptr()) });
    });
}
