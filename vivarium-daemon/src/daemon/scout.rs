//! Looking at what processes run.
//!
//! Landlock keeps whoever is confined by it from looking into any process outside, whatever else it allows. So a thread that
//! Landlock does not confine looks for the others. It only opens, and reads the heads of files: the rest is read elsewhere.
//!
//! A file may be on a file system that a program of its user serves, and that program may never answer. So nobody waits for long:
//! a scout that does not come back is left where it is, and another one goes on.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use nix::sys::statfs::{FUSE_SUPER_MAGIC, fstatfs};
use vivarium_session::record::Pid;

use crate::elf::Image;
use crate::process::{MappedFile, MappedFileError, Process, ProcessError};
use crate::run::newcomer::Newcomer;

/// How long it is waited for an answer of one that looks.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it is waited until one looks: that it doesn't is for want of a processor, and no file's doing.
const STARTING: Duration = Duration::from_secs(10);
/// How many scouts there are at most that have not come back.
const MAX_LOST: usize = 16;

/// What is answered of the code in a file; none of what has no sites.
pub(super) type Code = Option<Result<Image, MappedFileError>>;

/// Whoever looks.
#[derive(Debug)]
pub(super) struct Scout {
    /// To the one that looks now; none when it has not come back.
    asks: RefCell<Option<Sender<Asked>>>,
    /// To the one that starts them.
    starts: Sender<Receiver<Asked>>,
    /// One for each that is there.
    there: Arc<()>,
}

/// A question.
#[derive(Debug)]
struct Asked {
    question: Question,
    /// Told when it is begun with.
    begun: Sender<()>,
}

/// What is asked, with who is told.
#[derive(Debug)]
enum Question {
    Mapped(Pid, Sender<Result<Vec<MappedFile>, ProcessError>>),
    Newcomer(Newcomer, Sender<Code>),
    File(File, Sender<Code>),
    Here(Pid, Sender<bool>),
}

impl Scout {
    /// Starts it, with the powers of the thread that does.
    pub(super) fn start() -> io::Result<Self> {
        let there = Arc::new(());
        let one_more = Arc::clone(&there);
        let (starts, wanted) = channel::<Receiver<Asked>>();
        // Whoever it starts has its powers.
        let start = move || {
            for questions in wanted {
                let here = Arc::clone(&one_more);
                let look = move || {
                    questions.into_iter().for_each(Asked::answer);
                    drop(here);
                };
                if let Err(error) = thread::Builder::new().name("scout".to_owned()).spawn(look) {
                    tracing::warn!("nobody can look at what processes run: {error}");
                }
            }
        };
        thread::Builder::new().name("scouts".to_owned()).spawn(start)?;
        Ok(Self { asks: RefCell::new(None), starts, there })
    }

    /// The programs and libraries that a process has mapped.
    pub(super) fn mapped(&self, process: Pid) -> Result<Vec<MappedFile>, ProcessError> {
        self.ask(|tell| Question::Mapped(process, tell)).unwrap_or(Err(ProcessError::Silent(process)))
    }

    /// Whether the users of a process are those of this one.
    pub(super) fn is_here(&self, process: Pid) -> bool {
        self.ask(|tell| Question::Here(process, tell)).unwrap_or(false)
    }

    /// Code that comes to be executed.
    pub(super) fn newcomer(&self, newcomer: &Newcomer) -> Code {
        self.ask(|tell| Question::Newcomer(newcomer.clone(), tell)).unwrap_or(Some(Err(MappedFileError::Silent)))
    }

    /// The code in a file that someone has opened.
    pub(super) fn file(&self, file: File) -> Code {
        self.ask(|tell| Question::File(file, tell)).unwrap_or(Some(Err(MappedFileError::Silent)))
    }

    fn ask<T>(&self, question: impl FnOnce(Sender<T>) -> Question) -> Option<T> {
        let mut asks = self.asks.borrow_mut();
        if asks.is_none() {
            *asks = self.another();
        }
        let (tell, told) = channel();
        let (begun, has_begun) = channel();
        asks.as_ref()?.send(Asked { question: question(tell), begun }).ok()?;
        let answer = has_begun.recv_timeout(STARTING).ok().and_then(|()| told.recv_timeout(PATIENCE).ok());
        if answer.is_none() {
            // Should it come back, it finds that nobody asks any more, and ends.
            *asks = None;
        }
        answer
    }

    /// Another one, unless too many have not come back.
    fn another(&self) -> Option<Sender<Asked>> {
        // The one that starts them has one as well.
        let lost = Arc::strong_count(&self.there).saturating_sub(2);
        if lost >= MAX_LOST {
            tracing::warn!("{lost} files do not answer: no others are looked at until they do");
            return None;
        }
        let (asks, questions) = channel();
        self.starts.send(questions).ok()?;
        Some(asks)
    }
}

impl Asked {
    fn answer(self) {
        // Whoever asked may wait no longer.
        let _ = self.begun.send(());
        self.question.answer();
    }
}

impl Question {
    /// Whoever asked waits for the answer, or waits no longer.
    fn answer(self) {
        match self {
            Self::Mapped(process, tell) => {
                let mut files = Process::open(process).and_then(|process| process.files());
                files.iter_mut().flatten().for_each(refuse_served);
                let _ = tell.send(files);
            }
            Self::Here(process, tell) => {
                let _ = tell.send(is_here(process));
            }
            Self::Newcomer(newcomer, tell) => {
                let _ = tell.send(match newcomer.candidates().find_map(|path| open(&path).ok()) {
                    Some(file) => code(file),
                    None => newcomer.is_executed().then_some(Err(MappedFileError::Gone)),
                });
            }
            Self::File(file, tell) => {
                let _ = tell.send(code(file));
            }
        }
    }
}

/// The code in a file, if that is where it stays.
fn code(file: File) -> Code {
    match is_served(&file) {
        Ok(false) => Image::from_file(file).ok().map(Ok),
        Ok(true) => Some(Err(MappedFileError::Served)),
        Err(_) => None,
    }
}

fn refuse_served(file: &mut MappedFile) {
    if file.image.as_ref().is_ok_and(|image| !matches!(is_served(image.file()), Ok(false))) {
        file.image = Err(MappedFileError::Served);
    }
}

/// Whether a program answers for the file system of a file, at its leisure.
fn is_served(file: &File) -> nix::Result<bool> {
    Ok(fstatfs(file)?.filesystem_type() == FUSE_SUPER_MAGIC)
}

/// Whether a process is in the namespace of users in which this one is.
pub(super) fn is_here(process: Pid) -> bool {
    let namespace = |of: &str| fs::read_link(format!("/proc/{of}/ns/user")).ok();
    namespace(&process.to_string()).is_some_and(|theirs| Some(theirs) == namespace("self"))
}

/// Opens a file without waiting for anyone, as the one end of a pipe would.
fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    impl Scout {
        /// Sends the one that looks where nobody comes back from as long as the lock is held.
        fn lose(&self, lock: &Arc<Mutex<()>>) {
            let lock = Arc::clone(lock);
            let (questions, wanted) = channel();
            let here = Arc::clone(&self.there);
            thread::spawn(move || {
                let mut wanted = wanted.into_iter();
                let first: Option<Asked> = wanted.next();
                let _ = first.as_ref().map(|asked| asked.begun.send(()));
                drop(lock.lock());
                first.into_iter().for_each(|asked| asked.question.answer());
                for asked in wanted {
                    Asked::answer(asked);
                }
                drop(here);
            });
            *self.asks.borrow_mut() = Some(questions);
        }
    }

    #[test]
    fn another_one_goes_on_where_one_does_not_come_back() {
        let scout = Scout::start().unwrap();
        let me = Pid(std::process::id());
        assert!(scout.is_here(me));
        let lock = Arc::new(Mutex::new(()));
        let held = lock.lock().unwrap();
        scout.lose(&lock);
        assert!(matches!(scout.mapped(me), Err(ProcessError::Silent(_))), "it is not waited for");
        assert!(scout.is_here(me) && !scout.mapped(me).unwrap().is_empty());
        for _ in 0..MAX_LOST {
            scout.lose(&lock);
            *scout.asks.borrow_mut() = None;
        }
        assert!(!scout.is_here(me), "there are only so many");
        drop(held);
        while Arc::strong_count(&scout.there) > MAX_LOST {
            thread::yield_now();
        }
        assert!(scout.is_here(me), "they came back");
    }

    #[test]
    fn what_is_no_code_has_no_sites() {
        let scout = Scout::start().unwrap();
        assert!(scout.file(File::open("/proc/self/status").unwrap()).is_none());
        assert!(matches!(scout.file(File::open("/proc/self/exe").unwrap()), Some(Ok(_))));
    }
}
