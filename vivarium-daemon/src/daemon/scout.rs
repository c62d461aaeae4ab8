//! Looking at what processes run.
//!
//! Landlock keeps whoever is confined by it from looking into any process outside, whatever else it allows. So a thread that
//! Landlock does not confine looks for the others. It only opens: what is in the files is read elsewhere.

use std::fs::{self, File};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use vivarium_session::record::Pid;

use crate::process::{MappedFile, Process, ProcessError};
use crate::run::newcomer::Newcomer;

/// The thread that looks.
#[derive(Debug)]
pub(super) struct Scout(Sender<Question>);

/// What is asked, with who is told.
#[derive(Debug)]
enum Question {
    Mapped(Pid, Sender<Result<Vec<MappedFile>, ProcessError>>),
    Code(Newcomer, Sender<Option<File>>),
    Here(Pid, Sender<bool>),
}

impl Scout {
    /// Starts it, with the powers of the thread that does.
    pub(super) fn start() -> io::Result<Self> {
        let (asks, questions): (_, Receiver<Question>) = channel();
        let look = move || {
            for question in questions {
                // Whoever asked waits for the answer.
                match question {
                    Question::Mapped(process, tell) => {
                        let _ = tell.send(Process::open(process).and_then(|process| process.files()));
                    }
                    Question::Here(process, tell) => {
                        let _ = tell.send(is_here(process));
                    }
                    Question::Code(newcomer, tell) => {
                        let _ = tell.send(newcomer.candidates().find_map(|path| open(&path).ok()));
                    }
                }
            }
        };
        thread::Builder::new().name("scout".to_owned()).spawn(look)?;
        Ok(Self(asks))
    }

    /// The programs and libraries that a process has mapped.
    pub(super) fn mapped(&self, process: Pid) -> Result<Vec<MappedFile>, ProcessError> {
        let (tell, told) = channel();
        let _ = self.0.send(Question::Mapped(process, tell));
        told.recv().unwrap_or(Err(ProcessError::NoSuchProcess(process)))
    }

    /// Whether the users of a process are those of this one.
    pub(super) fn is_here(&self, process: Pid) -> bool {
        let (tell, told) = channel();
        let _ = self.0.send(Question::Here(process, tell));
        told.recv().unwrap_or(false)
    }

    /// The file of code that comes to be executed.
    pub(super) fn code(&self, newcomer: Newcomer) -> Option<File> {
        let (tell, told) = channel();
        let _ = self.0.send(Question::Code(newcomer, tell));
        told.recv().ok().flatten()
    }
}

/// Whether a process is in the namespace of users in which this one is.
pub(super) fn is_here(process: Pid) -> bool {
    let namespace = |of: &str| fs::read_link(format!("/proc/{of}/ns/user")).ok();
    namespace(&process.to_string()).is_some_and(|theirs| Some(theirs) == namespace("self"))
}

/// Opens a file without waiting for anyone, as the one end of a pipe would.
fn open(path: &std::path::Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}
