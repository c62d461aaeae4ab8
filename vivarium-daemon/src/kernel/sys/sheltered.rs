//! System calls that `SIGKILL` does not interrupt.
//!
//! To attach to a place in a file, the kernel changes every process that has it mapped: it puts a breakpoint there and counts in
//! the semaphore. A process that is killed half way through has the kernel give up, and taking back what was done fails for the same reason
//! ("failed to unregister, leaking uprobe"). Then the others trap, and believe that they are observed, for as long as they live.
//!
//! So another process makes such calls, which has nothing else to do: it shares memory and descriptors with this one, whose thread
//! waits for it, and outlives it for the rest of the call where it must.

use std::ffi::c_long;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::sched::{CloneFlags, clone};
use nix::sys::signal::{SigSet, SigmaskHow, pthread_sigmask};
use nix::sys::wait::{WaitPidFlag, waitpid};

/// What the calls need of a stack, by far.
const STACK_BYTES: usize = 16 << 10;

/// A descriptor that keeps something attached, and is closed by a call that nothing interrupts.
#[derive(Debug)]
pub(in crate::kernel) struct ShelteredFd(ManuallyDrop<OwnedFd>);

impl ShelteredFd {
    /// Makes it with a system call that answers with a new descriptor.
    ///
    /// # Safety
    /// `call` does nothing but make this system call, and answers as it does.
    pub(super) unsafe fn made_by(call: impl FnMut() -> c_long) -> io::Result<Self> {
        // SAFETY: the caller's promise.
        let descriptor = unsafe { sheltered(call) }?;
        let descriptor = i32::try_from(descriptor).map_err(|_| io::ErrorKind::InvalidData)?;
        // SAFETY: the kernel has just made it for us.
        Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }.into())
    }
}

impl From<OwnedFd> for ShelteredFd {
    fn from(descriptor: OwnedFd) -> Self {
        Self(ManuallyDrop::new(descriptor))
    }
}

impl AsFd for ShelteredFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Drop for ShelteredFd {
    fn drop(&mut self) {
        let descriptor = self.0.as_raw_fd();
        // SAFETY: a single system call, which closes what is ours and what nothing else closes.
        let _ = unsafe { sheltered(|| libc::syscall(libc::SYS_close, descriptor)) };
    }
}

/// Makes a system call in a process of its own, and waits for its answer; in this process where there can't be another.
///
/// # Safety
/// `call` does nothing but make a system call, and answers as it does.
unsafe fn sheltered(mut call: impl FnMut() -> c_long) -> io::Result<c_long> {
    let mut ask = || match call() {
        -1 => Err(io::Error::last_os_error()),
        answer => Ok(answer),
    };
    let mut answered = None;
    let mut stack = vec![0; STACK_BYTES];
    // Signals that this process handles are none of the other's business.
    let mut blocked_before = SigSet::empty();
    let _ = pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&SigSet::all()), Some(&mut blocked_before));
    let work = || {
        answered = Some(ask());
        0
    };
    // Suspends this thread until the other process has ended; to the end of that nobody is told.
    let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_FILES | CloneFlags::CLONE_VFORK;
    // SAFETY: what it does in our memory, on a stack of its own, is to make a system call and to write the answer, while this thread,
    // whose thread-local memory it uses, waits. If this process is killed meanwhile, the memory stays as long as it does.
    let other = unsafe { clone(Box::new(work), &mut stack, flags, None) };
    let answered = match other {
        Ok(other) => {
            let _ = waitpid(other, Some(WaitPidFlag::__WALL));
            answered.unwrap_or_else(|| Err(io::ErrorKind::Interrupted.into()))
        }
        Err(_) => ask(),
    };
    let _ = pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&blocked_before), None);
    answered
}
