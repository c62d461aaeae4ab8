//! Opening the files that are attached to, so that nobody notices.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::sys::mount_apart;
use crate::elf::{ElfError, Image};

/// The mounts that were there from the beginning, by their numbers.
///
/// What is attached to a file holds the mount by which it is reached, which then cannot be unmounted as without us. A file of a
/// mount that came later, and may well go before us, is reached by a mount of its own where we may make one. That takes
/// the kernel some milliseconds, so it is not done for others.
#[derive(Debug)]
pub(super) struct Mounts(BTreeSet<u64>);

impl Default for Mounts {
    fn default() -> Self {
        let list = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Self(list.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect())
    }
}

impl Mounts {
    /// Opens a program or a library.
    pub(super) fn open(&self, path: &Path) -> Result<Image, ElfError> {
        let is_new = mount_of(path).is_some_and(|mount| !self.0.contains(&mount));
        match is_new.then(|| mount_apart(path)) {
            Some(Ok(apart)) => Image::open(format!("/proc/self/fd/{}", apart.as_raw_fd()).as_ref()),
            _ => Image::open(path),
        }
    }
}

/// The number of the mount by which a file is reached.
fn mount_of(path: &Path) -> Option<u64> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: all zeroes are a valid value of it.
    let mut found: libc::statx = unsafe { std::mem::zeroed() };
    // SAFETY: the path is a C string, and there is room for the answer.
    let answer = unsafe { libc::statx(libc::AT_FDCWD, path.as_ptr(), 0, libc::STATX_MNT_ID, &raw mut found) };
    (answer == 0 && found.stx_mask & libc::STATX_MNT_ID != 0).then_some(found.stx_mnt_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_of_this_program_was_there_before() {
        let mount = mount_of("/proc/self/exe".as_ref()).expect("Linux 5.8");
        assert!(Mounts::default().0.contains(&mount));
        assert!(mount_of("/nowhere/at/all".as_ref()).is_none());
    }
}
