//! The process that answers whoever executes something: always with yes.

use std::collections::HashSet;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::fcntl::AT_FDCWD;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyEvent, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::stat::fstat;
use nix::unistd::{Pid, getppid, setsid};

use super::file_id::FileId;
use super::filesystems;
use super::message::{self, Answer, Message};

/// How long anyone is held for vivarium's answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Lives for as long as vivarium does.
pub(super) fn live(socket: OwnedFd, vivarium: Pid) -> ! {
    let lived = detach(&socket, vivarium).and_then(|()| Keeper::new(socket).work());
    // SAFETY: ends the process; what the copy of vivarium would put away isn't its own.
    unsafe { libc::_exit(i32::from(lived.is_err())) }
}

/// Becomes a process that keeps nothing open, that no terminal stops, and that doesn't outlive vivarium.
fn detach(socket: &OwnedFd, vivarium: Pid) -> nix::Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    if getppid() != vivarium {
        return Err(nix::Error::ESRCH);
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), None)?;
    setsid()?;
    let kept = socket.as_raw_fd().cast_unsigned();
    // SAFETY: nothing of this process uses any descriptor but the socket.
    unsafe {
        if kept > 0 {
            libc::close_range(0, kept - 1, 0);
        }
        libc::close_range(kept + 1, u32::MAX, 0);
    }
    Ok(())
}

struct Keeper {
    socket: OwnedFd,
    /// Once it holds.
    questions: Option<Fanotify>,
    /// The files about which nothing is left to do.
    settled: HashSet<FileId>,
    /// The last question that vivarium was asked.
    asked: u32,
    about: Option<FileId>,
    /// Whether it hasn't answered that.
    is_away: bool,
}

impl Keeper {
    fn new(socket: OwnedFd) -> Self {
        Self { socket, questions: None, settled: HashSet::new(), asked: 0, about: None, is_away: false }
    }

    /// Until vivarium is gone.
    fn work(mut self) -> nix::Result<()> {
        loop {
            let mut ready = vec![PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            ready.extend(self.questions.iter().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)));
            match poll(&mut ready, PollTimeout::NONE) {
                Err(nix::Error::EINTR) => continue,
                polled => polled?,
            };
            let [has_message, has_question] = [0, 1].map(|at| ready.get(at).and_then(PollFd::any) == Some(true));
            if has_message {
                self.listen()?;
            }
            if has_question {
                self.answer_all()?;
            }
        }
    }

    /// Takes what vivarium has to say.
    fn listen(&mut self) -> nix::Result<()> {
        match message::receive(self.socket.as_fd()) {
            Ok(Some((Message::Close, _))) => self.begin(),
            Ok(Some((Message::Settle(file), _))) => {
                self.settled.insert(file);
                Ok(())
            }
            Ok(Some((Message::Answer(Answer { number, settled }), _))) => {
                if number == self.asked {
                    self.is_away = false;
                    self.settled.extend(self.about.take().filter(|_| settled));
                }
                Ok(())
            }
            Ok(_) => Err(nix::Error::ENOTCONN),
            Err(nix::Error::EAGAIN | nix::Error::EINTR) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn begin(&mut self) -> nix::Result<()> {
        let begun = hold_everywhere();
        let error = begun.as_ref().err().map_or(0, |error| *error as i32);
        self.questions = begun.ok();
        message::send(self.socket.as_fd(), &Message::Closed { error }, None)
    }

    fn answer_all(&mut self) -> nix::Result<()> {
        let events = match self.questions.as_ref().map(Fanotify::read_events) {
            Some(Ok(events)) => events,
            None | Some(Err(nix::Error::EAGAIN | nix::Error::EINTR)) => return Ok(()),
            Some(Err(error)) => return Err(error),
        };
        for event in events {
            let Some(file) = event.fd() else { continue };
            // Whatever becomes of the question, the answer is yes; and who asked may have been killed meanwhile.
            let considered = self.consider(&event, file);
            if let Some(questions) = &self.questions {
                let _ = questions.write_response(FanotifyResponse::new(file, Response::FAN_ALLOW));
            }
            considered?;
        }
        Ok(())
    }

    /// Asks vivarium, if there is anything to ask, and waits for its answer.
    fn consider(&mut self, event: &FanotifyEvent, file: BorrowedFd<'_>) -> nix::Result<()> {
        let Ok(stat) = fstat(file) else { return Ok(()) };
        let id = FileId::of_stat(&stat);
        if self.is_away || self.settled.contains(&id) {
            return Ok(());
        }
        self.asked = self.asked.wrapping_add(1);
        let question = Message::Ask { number: self.asked, thread: event.pid().cast_unsigned() };
        if message::send(self.socket.as_fd(), &question, Some(file)).is_err() {
            return Ok(());
        }
        (self.about, self.is_away) = (Some(id), true);
        let deadline = Instant::now() + PATIENCE;
        while self.is_away {
            let rest = PollTimeout::try_from(deadline.saturating_duration_since(Instant::now()));
            let mut ready = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            match poll(&mut ready, rest.unwrap_or(PollTimeout::ZERO)) {
                Ok(0) => return Ok(()),
                Err(nix::Error::EINTR) => {}
                polled => {
                    polled?;
                    self.listen()?;
                }
            }
        }
        Ok(())
    }
}

/// Asks the kernel to ask.
fn hold_everywhere() -> nix::Result<Fanotify> {
    let flags = InitFlags::FAN_CLASS_CONTENT
        | InitFlags::FAN_CLOEXEC
        | InitFlags::FAN_NONBLOCK
        | InitFlags::FAN_UNLIMITED_QUEUE
        | InitFlags::from_bits_retain(libc::FAN_REPORT_TID);
    let fanotify = Fanotify::init(flags, EventFFlags::O_RDONLY | EventFFlags::O_CLOEXEC | EventFFlags::O_LARGEFILE)?;
    let mark = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
    let mut marked = Err(nix::Error::ENODEV);
    for point in filesystems::executable() {
        marked = fanotify.mark(mark, MaskFlags::FAN_OPEN_EXEC_PERM, AT_FDCWD, Some(&point)).or(marked);
    }
    marked.map(|()| fanotify)
}
