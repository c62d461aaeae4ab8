//! A command under the observation of the daemon, from its first instruction to the verdict.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use vivarium_protocol::{Client, ClientError, MAX_DESCRIPTORS, Pumped, Running, SocketPath, Start, Target, Until};
use vivarium_session::filter::{Filter, KeptOff};
use vivarium_session::record::Pid;
use vivarium_session::session::{Brevity, Conclusion, Session, SiteTable};
use vivarium_session::sink::Sink;
use vivarium_session::text::Text;
use vivarium_sys::event::Backend;

use super::observation::{ObservationError, Observed};
use super::observer::{End, ObserverError};
use super::signals::{Signals, Wish};
use super::{Inherited, Launch};
use crate::daemon::Pidfd;

/// What a remote observer needs to know.
#[derive(Clone, Debug, Default)]
pub struct RemoteOptions {
    /// The backend; that of the daemon where nothing is said.
    pub backend: Option<Backend>,
    /// What is to be seen.
    pub filter: Filter,
    /// How briefly it is told.
    pub brevity: Brevity,
    /// Which sites are off.
    pub off: KeptOff,
    /// How long.
    pub end: End,
}

/// A daemon that was found, for one command.
#[derive(Debug)]
pub struct RemoteObserver {
    place: SocketPath,
    options: RemoteOptions,
}

impl RemoteObserver {
    /// Finds the daemon.
    ///
    /// # Errors
    /// When there is none that speaks as we do.
    pub fn find(place: SocketPath, options: RemoteOptions) -> Result<Self, ClientError> {
        Client::connect(&place)?;
        Ok(Self { place, options })
    }

    /// Runs the command to its end, and tells the sinks what it does.
    ///
    /// # Errors
    /// When it cannot be executed, not be waited for, or the daemon does not observe it.
    pub fn observe<'s>(
        self,
        launch: &Launch<'_>,
        inherited: &Inherited,
        sinks: Vec<Box<dyn Sink + 's>>,
    ) -> Result<Observed, ObservationError> {
        let signals = Signals::receive().map_err(ObserverError::Signals)?;
        let words: Vec<_> = launch.words().iter().map(|word| Text::new(word.as_encoded_bytes())).collect();
        let images: Vec<_> = launch.images().iter().filter_map(|image| File::open(image).ok()).collect();
        let images = &images[..images.len().min(MAX_DESCRIPTORS - 1)];
        let (mut command, mut running) = launch.start_held(inherited, |process| {
            let held = Pidfd::open(Pid(process.as_raw().cast_unsigned())).map_err(ObservationError::Hold)?;
            let descriptors: Vec<BorrowedFd<'_>> =
                std::iter::once(held.as_fd()).chain(images.iter().map(AsFd::as_fd)).collect();
            let mut start = Start::of([Target::NextProgram]).with_backend(self.options.backend);
            start.images = images.len();
            start.kinds = self.options.filter.kinds();
            start.until = match self.options.end {
                End::WithCommand => Until::Stopped,
                End::WithAll => Until::AllEnded,
            };
            let client = Client::connect(&self.place)?;
            Ok::<_, ObservationError>(client.start(&start, words.clone(), &descriptors)?)
        })?;

        let info = running.info().clone().filtered(self.options.filter.clone());
        let mut session = Session::told_briefly(info, SiteTable::new(), sinks, self.options.brevity);
        session.keep_off(self.options.off.clone());
        let waiting = Waiting::for_either(&signals, &running).map_err(ObserverError::Signals)?;
        let (mut status, mut conclusion) = (None, None::<Box<Conclusion>>);
        loop {
            let wish = signals.pass_on(command.pid()).map_err(ObserverError::Signals)?;
            if status.is_none() {
                status = command.ended().map_err(ObserverError::Wait)?;
            }
            match (status, conclusion.take()) {
                (Some(status), Some(conclusion)) => {
                    return Ok(Observed { status, outcome: session.finish(*conclusion) });
                }
                (None, Some(known)) => conclusion = Some(known),
                (Some(_), None) if wish == Wish::End || self.options.end == End::WithCommand => {
                    // Where that fails, the rest of the session tells why.
                    let _ = running.stop();
                    conclusion = Some(Box::new(running.drain(&mut session)));
                    continue;
                }
                (_, None) => {}
            }
            let said_something = waiting.wait();
            if conclusion.is_none() && (said_something || running.has_more()) {
                if let Pumped::Over(known) = running.pump(&mut session) {
                    conclusion = Some(known);
                    // It would be heard forever.
                    waiting.forget(&running);
                }
                session.flush();
            }
        }
    }
}

/// Waits until there is something to do.
struct Waiting(Epoll);

const SIGNALS: u64 = 0;
const DAEMON: u64 = 1;

impl Waiting {
    fn for_either(signals: &Signals, running: &Running) -> nix::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(signals, EpollEvent::new(EpollFlags::EPOLLIN, SIGNALS))?;
        epoll.add(running, EpollEvent::new(EpollFlags::EPOLLIN, DAEMON))?;
        Ok(Self(epoll))
    }

    /// Waits, and tells whether the daemon says something.
    fn wait(&self) -> bool {
        let mut events = [EpollEvent::empty(); 2];
        // Whatever else wakes it, all is looked at.
        let count = self.0.wait(&mut events, EpollTimeout::NONE).unwrap_or(0);
        events[..count].iter().any(|event| event.data() == DAEMON)
    }

    fn forget(&self, running: &Running) {
        // It is the last that is asked of it.
        let _ = self.0.delete(running);
    }
}
