//! What a process has from the one that started it, kept so that the command gets it unchanged.
//!
//! Rust's runtime ignores `SIGPIPE`, `std::process::Command` unblocks all signals, and the kernel side raises limits: none
//! of it may reach the command.

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, signal, sigprocmask};

/// The limits that vivarium raises for itself.
const LIMITS: [Resource; 2] = [Resource::RLIMIT_NOFILE, Resource::RLIMIT_MEMLOCK];

/// Whether `SIGPIPE` was ignored when the process began.
static IGNORED_PIPE: OnceLock<bool> = OnceLock::new();

/// Looks at `SIGPIPE` before Rust's runtime does.
extern "C" fn look_at_pipe() {
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
static LOOK_AT_PIPE: extern "C" fn() = look_at_pipe;

/// What the command inherits.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    mask: SigSet,
    pipe: SigHandler,
    child: SigHandler,
    limits: [Option<(rlim_t, rlim_t)>; LIMITS.len()],
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
        Ok(Self { mask, pipe, child, limits: LIMITS.map(|limit| getrlimit(limit).ok()) })
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
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&self.mask), None)
    }
}
