//! `fsopen(2)`, `fsmount(2)` and `open_tree(2)`, for file systems that nobody else is to see.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Mounts a file system of this type without a place in any directory: it is reached through the descriptor, and gone when
/// that is closed.
pub(in crate::kernel) fn mount_detached(kind: &CStr) -> io::Result<OwnedFd> {
    /// From `linux/mount.h`, as are those below: closed on exec.
    const FSOPEN_CLOEXEC: u32 = 1;
    const FSCONFIG_CMD_CREATE: u32 = 6;
    const FSMOUNT_CLOEXEC: u32 = 1;
    const NO_ATTRIBUTES: u32 = 0;
    let none = std::ptr::null::<u8>();
    // SAFETY: the name is a C string, and nothing keeps it.
    let context = unsafe { descriptor(libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC)) }?;
    let context = context.as_raw_fd();
    // SAFETY: this command takes neither a key nor a value.
    if unsafe { libc::syscall(libc::SYS_fsconfig, context, FSCONFIG_CMD_CREATE, none, none, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: there are no pointers in it.
    unsafe { descriptor(libc::syscall(libc::SYS_fsmount, context, FSMOUNT_CLOEXEC, NO_ATTRIBUTES)) }
}

/// Mounts a file, or a directory, once more without a place in any directory: whoever reaches it through the descriptor does
/// not keep the mount that it has elsewhere from being unmounted.
pub(in crate::kernel) fn mount_apart(path: &Path) -> io::Result<OwnedFd> {
    /// From `linux/mount.h`: what is there now, and nothing below it.
    const OPEN_TREE_CLONE: i32 = 1;
    let path = CString::new(path.as_os_str().as_bytes())?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC;
    // SAFETY: the path is a C string, and nothing keeps it.
    unsafe { descriptor(libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags)) }
}

/// What a call that makes a descriptor has answered.
///
/// # Safety
/// It has just been made for us.
unsafe fn descriptor(answer: libc::c_long) -> io::Result<OwnedFd> {
    match i32::try_from(answer) {
        // SAFETY: the caller's promise.
        Ok(descriptor @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}
