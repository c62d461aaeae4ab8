//! Processes that are held, so that another one that gets their id is never taken for them.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use vivarium_session::record::Pid;

/// What the flags of a descriptor say that stands for one thread: Linux 6.9 and newer.
const PIDFD_THREAD: i32 = libc::O_EXCL;

/// A process that is held.
#[derive(Debug)]
pub struct Pidfd(OwnedFd);

impl Pidfd {
    /// The process with this id, at this moment.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(process: Pid) -> io::Result<Self> {
        const NO_FLAGS: u32 = 0;
        // SAFETY: it takes numbers alone.
        let answer = unsafe { libc::syscall(libc::SYS_pidfd_open, process.0, NO_FLAGS) };
        match i32::try_from(answer) {
            // SAFETY: the kernel has just made it for us.
            Ok(descriptor @ 0..) => Ok(Self(unsafe { OwnedFd::from_raw_fd(descriptor) })),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// What someone gave us as one. It tells of no process if it is none.
    pub(super) fn given(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    /// The process, as long as it has not been waited for; none of a descriptor that stands for one thread, whose number is no
    /// process's.
    pub(super) fn process(&self) -> Option<Pid> {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", self.0.as_raw_fd())).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?.trim();
        if i32::from_str_radix(flags, 8).is_ok_and(|flags| flags & PIDFD_THREAD != 0) {
            return None;
        }
        let number = info.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim();
        number.parse().ok().filter(|number| *number > 0).map(Pid)
    }

    /// Whether it has not ended.
    pub(super) fn is_running(&self) -> bool {
        let mut waiting = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        matches!(poll(&mut waiting, PollTimeout::ZERO), Ok(0))
    }
}

impl AsFd for Pidfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_is_no_process() {
        let open = |number: u32, flags: i32| {
            // SAFETY: it takes numbers alone.
            let answer = unsafe { libc::syscall(libc::SYS_pidfd_open, number, flags) };
            // SAFETY: the kernel has just made it for us.
            (answer >= 0).then(|| Pidfd::given(unsafe { OwnedFd::from_raw_fd(i32::try_from(answer).unwrap()) }))
        };
        let me = std::process::id();
        assert_eq!(open(me, 0).unwrap().process(), Some(Pid(me)));
        std::thread::spawn(move || {
            let thread = nix::unistd::gettid().as_raw().cast_unsigned();
            // Kernels before 6.9 make none.
            if let Some(thread) = open(thread, PIDFD_THREAD) {
                assert_eq!(thread.process(), None);
            }
        })
        .join()
        .unwrap();
    }
}
