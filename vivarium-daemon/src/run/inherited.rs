//! What a process has from the one that started it, kept so that the command gets it unchanged.
//!
//! Rust's runtime ignores `SIGPIPE` and opens standard streams that are closed, `std::process::Command` unblocks all signals,
//! and the kernel side raises limits: none of it may reach the command.

use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::sync::OnceLock;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, signal, sigprocmask};

/// The limits that vivarium raises for itself.
const LIMITS: [Resource; 2] = [Resource::RLIMIT_NOFILE, Resource::RLIMIT_MEMLOCK];

/// The standard streams. Those that are closed are open from the runtime's beginning on, so nothing else has their numbers.
const STREAMS: [RawFd; 3] = [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO];

/// Whether `SIGPIPE` was ignored when the process began.
static IGNORED_PIPE: OnceLock<bool> = OnceLock::new();
/// Which of the standard streams were closed then.
static CLOSED: OnceLock<[bool; STREAMS.len()]> = OnceLock::new();

/// Looks at what Rust's runtime changes before it does.
extern "C" fn look() {
    // SAFETY: this only asks whether there is such a descriptor.
    let is_closed = |stream| unsafe { libc::fcntl(stream, libc::F_GETFD) } == -1;
    // Set once, since nothing else sets it.
    let _ = CLOSED.set(STREAMS.map(is_closed));
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: nothing is set; the kernel writes the whole action where it can.
    let asked = unsafe { libc::sigaction(libc::SIGPIPE, std::ptr::null(), action.as_mut_ptr()) };
    if asked == 0 {
        // SAFETY: it has been written.
        let handler = unsafe { action.assume_init() }.sa_sigaction;
        // Set once, since nothing else sets it.
        let _ = IGNORED_PIPE.set(handler == libc::SIG_IGN);
    }
}

// SAFETY: the section holds functions that the loader calls once before `main`, which this one does not mind.
#[unsafe(link_section = ".init_array")]
#[used]
static LOOK: extern "C" fn() = look;

/// What the command inherits.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    mask: SigSet,
    pipe: SigHandler,
    child: SigHandler,
    limits: [Option<(rlim_t, rlim_t)>; LIMITS.len()],
    closed: [bool; STREAMS.len()],
}

impl Inherited {
    /// Takes it before anything of it is changed, and has children waited for, which not every parent leaves it at.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn take() -> nix::Result<Self> {
        let mut mask = SigSet::empty();
        sigprocmask(SigmaskHow::SIG_BLOCK, None, Some(&mut mask))?;
        let pipe = match IGNORED_PIPE.get() {
            Some(true) => SigHandler::SigIgn,
            _ => SigHandler::SigDfl,
        };
        // SAFETY: the default is no function of ours.
        let child = unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
        let closed = CLOSED.get().copied().unwrap_or_default();
        Ok(Self { mask, pipe, child, limits: LIMITS.map(|limit| getrlimit(limit).ok()), closed })
    }

    /// Gives it back. Called between fork and exec, where nothing may be allocated.
    pub(super) fn restore(&self) -> nix::Result<()> {
        // SAFETY: ignoring a signal and its default are no functions of ours.
        unsafe {
            signal(Signal::SIGPIPE, self.pipe)?;
            signal(Signal::SIGCHLD, self.child)?;
        }
        for (limit, before) in LIMITS.into_iter().zip(self.limits) {
            if let Some((soft, hard)) = before {
                setrlimit(limit, soft, hard)?;
            }
        }
        for (stream, _) in STREAMS.into_iter().zip(self.closed).filter(|(_, closed)| *closed) {
            // SAFETY: nobody uses it in this process, which executes its program next.
            unsafe { libc::close(stream) };
        }
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&self.mask), None)
    }
}
