//! A session on processes that run already.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use vivarium_protocol::{
    Added, Client, ClientError, MAX_DESCRIPTORS, Pumped, Reason, Running, SocketPath, Start, Target, Until,
};
use vivarium_session::filter::{Filter, KeptOff};
use vivarium_session::record::Pid;
use vivarium_session::session::{Brevity, Conclusion, Outcome, Session, SiteTable};
use vivarium_session::sink::Sink;
use vivarium_session::text::Text;
use vivarium_sys::event::Backend;

use super::{Chosen, Wanted, WantedError};
use crate::daemon::{self, HubError};
use crate::kernel::RingSize;

/// How often it is looked for processes that come later.
const LOOK: Duration = Duration::from_millis(100);

/// Who observes.
#[derive(Clone, Debug)]
pub enum How {
    /// The daemon there.
    Daemon(SocketPath),
    /// This process, with so much room for records.
    Here(RingSize),
}

/// What is to be observed, and how.
#[derive(Clone, Debug)]
pub struct AttachOptions {
    /// Which processes.
    pub wanted: Vec<Wanted>,
    /// Who observes.
    pub how: How,
    /// The backend; the best that works where nothing is said.
    pub backend: Option<Backend>,
    /// What is to be seen.
    pub filter: Filter,
    /// How briefly it is told.
    pub brevity: Brevity,
    /// Which sites are off.
    pub off: KeptOff,
    /// Whether what the processes make is observed as well.
    pub children: bool,
    /// Whether to wait for a first process.
    pub wait: bool,
    /// Whether to go on when all have ended, for those that come then.
    pub follow: bool,
}

/// Why nothing is observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// It is not clear what is meant.
    #[error(transparent)]
    Wanted(#[from] WantedError),
    /// Nothing is there.
    #[error("there is no {0} here: see with `ps -e` what runs, or wait for one with `--wait`")]
    Nobody(String),
    /// The daemon does not observe it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// This process cannot.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The system does not wait.
    #[error("cannot wait for what happens")]
    Wait(#[source] io::Error),
}

/// A session on processes that run already, not begun yet.
#[derive(Debug)]
pub struct Attach {
    options: AttachOptions,
    chosen: Chosen,
    signals: SignalFd,
}

impl Attach {
    /// Gets ready. From now on the signals that end programs end the session.
    ///
    /// # Errors
    /// When signals cannot be received.
    pub fn new(options: AttachOptions) -> Result<Self, AttachError> {
        let signals = SigSet::from_iter([Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM]);
        let received = signals
            .thread_block()
            .and_then(|()| SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK));
        let signals = received.map_err(|error| AttachError::Wait(error.into()))?;
        Ok(Self { options, chosen: Chosen::default(), signals })
    }

    /// Observes until everything has ended, or a signal comes; none if that comes first.
    ///
    /// # Errors
    /// When nothing can be observed.
    pub fn observe<'s>(mut self, sinks: Vec<Box<dyn Sink + 's>>) -> Result<Option<Outcome>, AttachError> {
        // Where nobody can observe, that is said before anything is waited for.
        let mut client = self.observer()?;
        let (mut running, later) = loop {
            let Some(first) = self.first()? else { return Ok(None) };
            if self.options.wait && matches!(self.options.how, How::Daemon(_)) {
                // The daemon lets go of those who are there for long and want nothing.
                client = self.observer()?;
            }
            let (now, later) = first.split_at(first.len().min(MAX_DESCRIPTORS));
            match client.start(&self.start(now), name(now), &self.pidfds(now)) {
                Ok(running) => break (running, later.to_vec()),
                // It has ended before it could be observed: another one may come.
                Err(ClientError::Refused(refusal)) if self.options.wait && refusal.reason == Reason::NoProcess => {
                    client = self.observer()?;
                }
                Err(error) => return Err(error.into()),
            }
        };

        let info = running.info().clone().filtered(self.options.filter.clone());
        let mut session = Session::told_briefly(info, SiteTable::new(), sinks, self.options.brevity);
        session.keep_off(self.options.off.clone());
        // Whoever reads along sees that it has begun.
        session.flush();
        let mut notes = refusals(running.added());
        self.add(&running, &later)?;
        let mut conclusion = self.follow(&mut running, &mut session, &mut notes)?;
        conclusion.notes.append(&mut notes);
        Ok(Some(session.finish(conclusion)))
    }

    /// Whoever observes.
    fn observer(&self) -> Result<Client, AttachError> {
        Ok(match &self.options.how {
            How::Daemon(place) => Client::connect(place)?,
            How::Here(ring) => Client::greet(daemon::serve_here(self.options.backend, *ring)?)?,
        })
    }

    /// What it is asked for, to begin with these.
    fn start(&self, pids: &[Pid]) -> Start {
        let mut start = Start::of(pids.iter().map(|_| Target::Process)).with_backend(self.options.backend);
        start.kinds = self.options.filter.kinds();
        start.children = self.options.children;
        start.until = if self.options.follow { Until::Stopped } else { Until::AllEnded };
        start
    }

    /// The first processes that are meant, waited for if that is wanted; none if a signal comes first.
    fn first(&mut self) -> Result<Option<Vec<Pid>>, AttachError> {
        loop {
            let first = self.chosen.more(&self.options.wanted)?;
            if !first.is_empty() {
                return Ok(Some(first));
            }
            if !self.options.wait {
                let wanted: Vec<_> = self.options.wanted.iter().map(ToString::to_string).collect();
                return Err(AttachError::Nobody(wanted.join(" or ")));
            }
            let mut waiting = [PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
            wait(&mut waiting, Some(LOOK))?;
            if self.is_told_to_end() {
                return Ok(None);
            }
        }
    }

    /// Feeds the session until it is over.
    fn follow(
        &mut self,
        running: &mut Running,
        session: &mut Session<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Conclusion, AttachError> {
        let looks = self.options.follow && self.options.wanted.iter().any(Wanted::is_lasting);
        let mut looked = Instant::now();
        loop {
            if self.is_told_to_end() {
                // Where that fails, the rest of the session tells why.
                let _ = running.stop();
                return Ok(running.drain(session));
            }
            if looks && looked.elapsed() >= LOOK {
                looked = Instant::now();
                let new = self.chosen.more(&self.options.wanted)?;
                self.add(running, &new)?;
            }
            let says_something = running.has_more() || {
                let mut waiting = [
                    PollFd::new(running.as_fd(), PollFlags::POLLIN),
                    PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
                ];
                wait(&mut waiting, looks.then_some(LOOK))?;
                waiting[0].any().unwrap_or(false)
            };
            if says_something {
                match running.pump(session) {
                    Pumped::Over(conclusion) => return Ok(*conclusion),
                    Pumped::Added(added) => notes.extend(refusals(&added)),
                    Pumped::On | Pumped::Synced(_) => {}
                }
                session.flush();
            }
        }
    }

    fn add(&self, running: &Running, new: &[Pid]) -> Result<(), AttachError> {
        for part in new.chunks(MAX_DESCRIPTORS) {
            let targets: Vec<_> = part.iter().map(|_| Target::Process).collect();
            running.add(&targets, &self.pidfds(part))?;
        }
        Ok(())
    }

    fn pidfds(&self, pids: &[Pid]) -> Vec<BorrowedFd<'_>> {
        pids.iter().filter_map(|pid| Some(self.chosen.pidfd(*pid)?.as_fd())).collect()
    }

    fn is_told_to_end(&self) -> bool {
        matches!(self.signals.read_signal(), Ok(Some(_)))
    }
}

/// What the first of the processes was started as.
fn name(pids: &[Pid]) -> Vec<Text> {
    let line = pids.first().and_then(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).ok()).unwrap_or_default();
    let line = line.strip_suffix(&[0]).unwrap_or(&line);
    line.split(|byte| *byte == 0).map(Text::new).collect()
}

fn refusals(added: &Added) -> Vec<String> {
    added.refused.iter().map(ToString::to_string).collect()
}

fn wait(waiting: &mut [PollFd<'_>], at_most: Option<Duration>) -> Result<(), AttachError> {
    let timeout =
        at_most.map_or(PollTimeout::NONE, |at_most| PollTimeout::try_from(at_most).unwrap_or(PollTimeout::MAX));
    match poll(waiting, timeout) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(error) => Err(AttachError::Wait(error.into())),
    }
}
