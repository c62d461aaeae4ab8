//! Holding programs at exec until their sites are attached to.
//!
//! The kernel asks through fanotify before a file is opened to be executed, and the answer is always yes: what is gained is
//! time. A program that an observed thread executes later on is attached to before its first instruction, so that nothing of
//! it is missed.
//!
//! The question is asked for every exec on the machine, and whoever executes waits for the answer. So it is a small process
//! of its own, the keeper, that answers: it knows the files about which nothing is left to do, asks vivarium about the others,
//! and waits for a second at most; after that it holds nobody until vivarium is back. It is in a session of its own, where no
//! key of a terminal stops it. Whatever becomes of it or of vivarium, the kernel lets everything go on that waits.

mod file_id;
mod filesystems;
mod keeper;
mod message;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, getpid};
use vivarium_session::record::Tid;

use self::file_id::FileId;
use self::message::{Answer, Message};

/// How long the keeper may take to begin.
const BEGINNING: Duration = Duration::from_millis(500);

/// Whether programs can be held at exec here. Nothing of it stays afterwards.
///
/// # Errors
/// Why not.
pub fn can_hold() -> Result<(), GateError> {
    Gate::build()?.close()
}

/// The gate, as vivarium sees it.
#[derive(Debug)]
pub(super) struct Gate {
    socket: OwnedFd,
    keeper: Pid,
}

/// A thread is about to execute a file of which the keeper knows nothing.
#[derive(Debug)]
pub(super) struct Question {
    number: u32,
    /// The thread, as this namespace numbers it.
    pub(super) thread: Tid,
    file: OwnedFd,
}

/// Why programs cannot be held.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateError {
    /// It was not wanted.
    #[error("holding programs at exec was switched off")]
    Off,
    /// A fork of a program of several threads can do too little.
    #[error("vivarium runs in several threads")]
    Threads,
    /// The keeper cannot be started.
    #[error("the process that would hold them cannot be started")]
    Start(#[source] io::Error),
    /// The kernel does not ask.
    #[error("fanotify does not let them be held (it needs CAP_SYS_ADMIN and CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y)")]
    Kernel(#[source] io::Error),
}

impl Gate {
    /// Starts the keeper. Nobody is held before [`close`](Self::close).
    ///
    /// To be called while the process has one thread, and few open files that a copy of it would keep open.
    pub(super) fn build() -> Result<Self, GateError> {
        if std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count) != 1 {
            return Err(GateError::Threads);
        }
        let start = |error: nix::Error| GateError::Start(error.into());
        let flags = SockFlag::SOCK_CLOEXEC;
        let (here, there) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags).map_err(start)?;
        let vivarium = getpid();
        // SAFETY: there is no other thread that could hold a lock, so the copy may do what any process may.
        match unsafe { fork() }.map_err(start)? {
            ForkResult::Child => {
                drop(here);
                keeper::live(there, vivarium)
            }
            ForkResult::Parent { child } => Ok(Self { socket: here, keeper: child }),
        }
    }

    /// Holds, from now on, whoever executes a file about which nothing was settled.
    pub(super) fn close(&self) -> Result<(), GateError> {
        message::send(self.socket.as_fd(), &Message::Close, None).map_err(|error| GateError::Start(error.into()))?;
        let mut ready = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        let patience = PollTimeout::try_from(BEGINNING).unwrap_or(PollTimeout::ZERO);
        if poll(&mut ready, patience).map_err(|error| GateError::Start(error.into()))? == 0 {
            return Err(GateError::Start(io::ErrorKind::TimedOut.into()));
        }
        match message::receive(self.socket.as_fd()) {
            Ok(Some((Message::Closed { error: 0 }, _))) => Ok(()),
            Ok(Some((Message::Closed { error }, _))) => Err(GateError::Kernel(io::Error::from_raw_os_error(error))),
            Ok(_) => Err(GateError::Start(io::ErrorKind::InvalidData.into())),
            Err(error) => Err(GateError::Start(error.into())),
        }
    }

    /// Holds nobody any more, now or soon: the keeper is waited for when this is dropped.
    pub(super) fn dismiss(&self) {
        // It holds nothing that would have to be put away, and whoever waits for it goes on.
        let _ = kill(self.keeper, Signal::SIGKILL);
    }

    /// Nothing is left to do about this file: nobody needs to be held who executes it.
    pub(super) fn settle(&self, path: &Path) {
        if let Ok(metadata) = std::fs::metadata(path) {
            // A keeper that is gone holds nobody.
            let _ = message::send(self.socket.as_fd(), &Message::Settle(FileId::of(&metadata)), None);
        }
    }

    /// The next question, if there is one.
    pub(super) fn question(&self) -> Option<Question> {
        match message::receive(self.socket.as_fd()) {
            Ok(Some((Message::Ask { number, thread }, Some(file)))) => {
                Some(Question { number, thread: Tid(thread), file })
            }
            _ => None,
        }
    }

    /// Lets it go on. `settled` says that nothing is left to do about the file.
    pub(super) fn answer(&self, question: &Question, settled: bool) {
        let answer = Message::Answer(Answer { number: question.number, settled });
        let _ = message::send(self.socket.as_fd(), &answer, None);
    }
}

impl Question {
    /// The file, whatever it is called and wherever it lies.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }
}

impl AsFd for Gate {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.dismiss();
        let _ = waitpid(self.keeper, None);
    }
}
