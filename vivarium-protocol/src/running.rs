//! A session that runs, from the client's side.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use vivarium_session::accounting::Missing;
use vivarium_session::session::{Conclusion, Session, SessionInfo};
use vivarium_sys::SiteId;

use super::client::ClientError;
use super::descriptors::{self, MAX_DESCRIPTORS};
use super::frame::Malformed;
use super::incoming::Incoming;
use super::message::{Added, Message, Welcome};
use super::request::{Request, Target};
use super::sessions::{MAX_SWITCHED, Switch};

/// How long the end of a session may take.
const ENDING: Duration = Duration::from_secs(30);

/// A session that runs in the daemon.
///
/// Its descriptor is readable when something happened; [`pump`](Self::pump) then does not block. Dropping it ends the
/// session.
#[derive(Debug)]
pub struct Running {
    socket: UnixStream,
    incoming: Incoming,
    welcome: Welcome,
}

/// Speaks to the daemon from another thread than the one that listens.
#[derive(Debug)]
pub struct Stopper(UnixStream);

/// What came of a look at what the daemon said.
#[derive(Debug)]
pub enum Pumped {
    /// The session goes on.
    On,
    /// The daemon observes more, or does not.
    Added(Added),
    /// Everything until the number was asked about has been fed.
    Synced(u64),
    /// The session is over: what is to be given to [`Session::finish`].
    Over(Box<Conclusion>),
}

impl Running {
    pub(crate) fn new(socket: UnixStream, incoming: Incoming, welcome: Welcome) -> io::Result<Self> {
        socket.set_read_timeout(None)?;
        Ok(Self { socket, incoming, welcome })
    }

    /// The number of the session, by which a [`Switchboard`](super::Switchboard) knows it.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.welcome.session
    }

    /// Tells the daemon of sites that the session keeps off.
    fn switch_off(&self, sites: &[SiteId]) {
        for part in sites.chunks(MAX_SWITCHED) {
            let switch = Switch { session: None, on: false, sites: part.to_vec() };
            // Where the daemon is gone, the rest of the session tells why.
            let _ = say(&self.socket, &Request::Switch(switch), &[]);
        }
    }

    /// What is known of the session.
    #[must_use]
    pub fn info(&self) -> &SessionInfo {
        &self.welcome.info
    }

    /// What became of the targets that it was begun with.
    #[must_use]
    pub fn added(&self) -> &Added {
        &self.welcome.added
    }

    /// Observes more. The answer comes among what happens.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn add(&self, targets: &[Target], pidfds: &[BorrowedFd<'_>]) -> Result<(), ClientError> {
        if pidfds.len() > MAX_DESCRIPTORS {
            return Err(ClientError::TooManyDescriptors);
        }
        say(&self.socket, &Request::Add(targets.to_vec()), pidfds)
    }

    /// Asks for an answer when everything that happened until now has been told.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn sync(&self, token: u64) -> Result<(), ClientError> {
        say(&self.socket, &Request::Sync(token), &[])
    }

    /// Asks for the end. What happened until now is still told, and then the conclusion.
    ///
    /// # Errors
    /// When the daemon is gone, which the session will say as well.
    pub fn stop(&self) -> Result<(), ClientError> {
        self.socket.set_read_timeout(Some(ENDING))?;
        say(&self.socket, &Request::Stop, &[])
    }

    /// What ends it from another thread.
    ///
    /// # Errors
    /// When there are too many open files.
    pub fn stopper(&self) -> io::Result<Stopper> {
        self.socket.try_clone().map(Stopper)
    }

    /// Feeds the session what has arrived, and waits for something where nothing has.
    ///
    /// A daemon that goes away, or says what makes no sense, ends the session with a verdict that says so.
    pub fn pump(&mut self, session: &mut Session<'_>) -> Pumped {
        if !self.has_more() {
            match self.incoming.fill(&mut &self.socket) {
                Ok(1..) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return over("vivariumd did not end the session when it was told to".to_owned());
                }
                Ok(0) | Err(_) => return over("vivariumd went away before the end".to_owned()),
            }
        }
        loop {
            while let Some(record) = self.incoming.next_record() {
                session.feed(record);
            }
            let message = match self.incoming.take() {
                Ok(Some(message)) => message,
                Ok(None) => return Pumped::On,
                Err(malformed) => return over(format!("vivariumd sent {malformed}")),
            };
            match message {
                Message::Sites(sites) => {
                    let off = session.add_sites(sites);
                    self.switch_off(&off);
                }
                Message::Switched(switched) => session.switch(&switched),
                Message::Counted(time, counts) => session.counted(time, &counts),
                Message::Added(added) => return Pumped::Added(added),
                Message::Synced(token) => return Pumped::Synced(token),
                Message::Done(conclusion) => return Pumped::Over(conclusion),
                Message::Refused(refusal) => return over(refusal.to_string()),
                Message::Record(_)
                | Message::Started(_)
                | Message::Hello(_)
                | Message::Listed(_)
                | Message::Shown(_) => {
                    return over(format!("vivariumd sent {}", Malformed::Misplaced));
                }
            }
        }
    }

    /// Feeds the session everything up to its end.
    pub fn drain(&mut self, session: &mut Session<'_>) -> Conclusion {
        loop {
            if let Pumped::Over(conclusion) = self.pump(session) {
                return *conclusion;
            }
        }
    }

    /// Whether something has arrived that was not looked at yet, though the descriptor may say that nothing is there. Then
    /// [`pump`](Self::pump) does not wait.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.incoming.has_frame()
    }
}

/// It is over, and the daemon did not say how it ended.
fn over(why: String) -> Pumped {
    let mut conclusion = Conclusion::now(None);
    conclusion.missing.push(Missing::Abandoned { why });
    Pumped::Over(Box::new(conclusion))
}

impl Stopper {
    /// Asks for the end.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn stop(&self) -> Result<(), ClientError> {
        say(&self.0, &Request::Stop, &[])
    }

    /// Asks for an answer when everything that happened until now has been told.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn sync(&self, token: u64) -> Result<(), ClientError> {
        say(&self.0, &Request::Sync(token), &[])
    }

    /// Waits no longer: whoever listens hears that the daemon is gone.
    pub fn abandon(&self) {
        // It fails where the connection has ended already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

fn say(socket: &UnixStream, request: &Request, pidfds: &[BorrowedFd<'_>]) -> Result<(), ClientError> {
    let mut bytes = Vec::new();
    request.write(&mut bytes)?;
    Ok(descriptors::send(socket, &bytes, pidfds)?)
}

/// Readable when something has happened.
impl AsFd for Running {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
