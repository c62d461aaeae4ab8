//! Signals that are meant for the command, and the one that tells of its end.

use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

/// The signals that end programs by default and that people send.
const FOR_THE_COMMAND: [Signal; 4] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM];

/// What the signals ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Nothing.
    None,
    /// That all ends.
    End,
}

/// Receives signals instead of being ended by them, so that what happened so far is still told.
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Begins to receive them, in this thread and those that it starts from now on.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn receive() -> nix::Result<Self> {
        let mut signals = SigSet::from_iter(FOR_THE_COMMAND);
        signals.add(Signal::SIGCHLD);
        signals.thread_block()?;
        SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK).map(Self)
    }

    /// Takes what has come, and passes on what the command does not get by itself.
    ///
    /// A key on the terminal signals the whole foreground group, to which the command belongs as well; a signal that was
    /// sent to vivarium has not reached it.
    ///
    /// # Errors
    /// When the signals cannot be read.
    pub fn pass_on(&self, command: Pid) -> nix::Result<Wish> {
        let mut wish = Wish::None;
        while let Some(received) = self.0.read_signal()? {
            let signal = i32::try_from(received.ssi_signo).ok().and_then(|number| Signal::try_from(number).ok());
            let Some(signal) = signal.filter(|signal| FOR_THE_COMMAND.contains(signal)) else { continue };
            wish = Wish::End;
            let is_from_terminal = received.ssi_code == libc::SI_KERNEL;
            let is_from_command = i32::try_from(received.ssi_pid) == Ok(command.as_raw());
            if !is_from_terminal && !is_from_command {
                // It may have ended already, and then there is nobody to tell.
                let _ = kill(command, signal);
            }
        }
        Ok(wish)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
