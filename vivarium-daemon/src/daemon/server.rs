//! The one loop: it listens to clients, reads the ring, and sends.

mod answers;
mod door;
mod farewell;
mod turns;

use std::collections::BTreeMap;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use vivarium_protocol::Until;

use self::turns::Turns;
use super::client::{Client, Gone, State};
use super::hub::Hub;
use super::requests;
use super::room::Room;

/// How many records are read before clients are listened to.
const BATCH: usize = 4096;
/// How long the reader sleeps at most after it found something.
const SHORT_SLEEP: Duration = Duration::from_millis(4);
/// How long it sleeps at most while someone observes and nothing happens. It is woken when the ring fills.
const LONG_SLEEP: Duration = Duration::from_millis(64);
/// How often it is looked for processes whose end nobody told of.
const BURIALS: Duration = Duration::from_secs(1);
/// How long someone may be connected without a session, or with one that is over.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an event is about; clients come after these.
const LISTENER: u64 = 0;
const SIGNALS: u64 = 1;
const RING: u64 = 2;
const FIRST_CLIENT: u64 = 3;

/// The one loop.
pub(super) struct Server {
    epoll: Epoll,
    /// Where clients come from; none where the one client was there from the beginning.
    listener: Option<UnixListener>,
    signals: Option<SignalFd>,
    hub: Hub,
    clients: BTreeMap<u64, Client>,
    /// Who has said something.
    turns: Turns,
    next: u64,
    room: Room,
    /// Until when nobody is let in, for want of descriptors.
    closed_until: Option<Instant>,
    /// When it was last looked for sessions without processes.
    looked: Instant,
    /// When it was last looked for processes whose end nobody told of.
    buried: Instant,
}

/// The signals that end the daemon. They are blocked from now on, in this thread and those that it starts.
pub(super) fn receive_signals() -> nix::Result<SignalFd> {
    let signals = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP]);
    signals.thread_block()?;
    SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)
}

impl Server {
    /// A server for everyone who connects, until a signal comes.
    pub(super) fn for_everyone(hub: Hub, listener: UnixListener, signals: SignalFd, room: Room) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut server = Self::new(hub, room)?;
        server.epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        server.epoll.add(&signals, EpollEvent::new(EpollFlags::EPOLLIN, SIGNALS))?;
        (server.listener, server.signals) = (Some(listener), Some(signals));
        Ok(server)
    }

    /// A server for one client, until that is gone.
    pub(super) fn for_one(hub: Hub, client: UnixStream) -> io::Result<Self> {
        let mut server = Self::new(hub, Room::make())?;
        server.admit(client)?;
        Ok(server)
    }

    fn new(hub: Hub, room: Room) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        // Woken by the record that makes it too full, not for as long as there are any.
        epoll.add(&hub, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, RING))?;
        Ok(Self {
            epoll,
            listener: None,
            signals: None,
            hub,
            clients: BTreeMap::new(),
            turns: Turns::default(),
            next: FIRST_CLIENT,
            room,
            closed_until: None,
            looked: Instant::now(),
            buried: Instant::now(),
        })
    }

    /// Serves.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); 256];
        let mut sleep = SHORT_SLEEP;
        loop {
            let timeout = self.timeout(sleep);
            let count = match self.epoll.wait(&mut events, timeout) {
                Err(nix::errno::Errno::EINTR) => 0,
                count => count?,
            };
            for event in &events[..count] {
                match event.data() {
                    LISTENER => self.accept(),
                    SIGNALS => {
                        if self.signals.as_ref().is_some_and(|signals| matches!(signals.read_signal(), Ok(Some(_)))) {
                            return self.say_goodbye();
                        }
                    }
                    RING => {}
                    client => self.listen(client),
                }
            }
            self.answer_all();
            if !self.hub.is_idle() {
                let read = self.hub.read(BATCH);
                sleep = match read {
                    BATCH => Duration::ZERO,
                    0 => LONG_SLEEP.min(sleep.max(SHORT_SLEEP) * 2),
                    _ => SHORT_SLEEP,
                };
                self.end_what_is_over();
                self.hub.go_on_switching();
            } else {
                self.hub.rest();
            }
            self.send_all();
            self.lose_patience();
            self.open_door();
            if self.listener.is_none() && self.clients.is_empty() {
                return Ok(());
            }
        }
    }

    /// How long there is nothing to do unless something happens: forever, where nobody observes.
    fn timeout(&self, sleep: Duration) -> EpollTimeout {
        if !self.turns.is_over() {
            return EpollTimeout::ZERO;
        }
        let waiting = self.clients.values().any(|client| !matches!(client.state, State::Observing(_)));
        let patience = (waiting || self.closed_until.is_some()).then_some(Duration::from_secs(1));
        let sleep = (!self.hub.is_idle()).then_some(sleep);
        match sleep.into_iter().chain(patience).min() {
            Some(sleep) => EpollTimeout::try_from(sleep).unwrap_or(EpollTimeout::ZERO),
            None => EpollTimeout::NONE,
        }
    }

    /// Listens to a client, unless there is something to answer that it has said before.
    fn listen(&mut self, token: u64) {
        let Some(client) = self.clients.get_mut(&token).filter(|_| !self.turns.has(token)) else { return };
        match client.listen() {
            Ok(true) => self.turns.add(token, client.peer.user),
            Ok(false) | Err(_) => self.part(token),
        }
    }

    /// Ends the sessions whose processes have all ended, if that is what they wait for.
    fn end_what_is_over(&mut self) {
        if self.looked.elapsed() < LONG_SLEEP {
            return;
        }
        self.looked = Instant::now();
        if self.buried.elapsed() > BURIALS {
            self.buried = self.looked;
            if let Err(error) = self.hub.bury() {
                tracing::debug!("cannot look for processes that have ended: {error}");
            }
        }
        for (token, client) in &mut self.clients {
            let State::Observing(observing) = client.state else { continue };
            if observing.until != Until::AllEnded {
                continue;
            }
            if self.hub.processes(observing.session).is_ok_and(|processes| processes.is_empty())
                && requests::conclude(client, &mut self.hub, observing.session).is_err()
            {
                tracing::debug!(token, "a client was not told how its session ended");
            }
        }
    }

    fn send_all(&mut self) {
        let mut gone = Vec::new();
        for (token, client) in &mut self.clients {
            if !client.has_mail() {
                if client.state == State::Leaving {
                    gone.push(*token);
                }
                continue;
            }
            let waits = match client.send() {
                Ok(()) => client.has_mail(),
                Err(Gone) => {
                    gone.push(*token);
                    continue;
                }
            };
            if !waits && client.state == State::Leaving {
                gone.push(*token);
            } else if waits != client.waits_for_room {
                client.waits_for_room = waits;
                let room = if waits { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
                let mut event = EpollEvent::new(EpollFlags::EPOLLIN | room, *token);
                if self.epoll.modify(&client.socket, &mut event).is_err() {
                    gone.push(*token);
                }
            }
        }
        gone.into_iter().for_each(|token| self.part(token));
    }

    /// Lets go those who are connected and want nothing. The one client of a server for one takes nobody's room.
    fn lose_patience(&mut self) {
        if self.listener.is_none() {
            return;
        }
        let is_late =
            |client: &Client| !matches!(client.state, State::Observing(_)) && client.since.elapsed() > PATIENCE;
        let late: Vec<_> = self.clients.iter().filter(|(_, client)| is_late(client)).map(|(token, _)| *token).collect();
        late.into_iter().for_each(|token| self.part(token));
    }

    /// A client is gone, and its session with it.
    fn part(&mut self, token: u64) {
        if let Some(client) = self.clients.remove(&token) {
            if let Some(session) = client.session() {
                tracing::info!(user = client.peer.user, "a session ended without its client");
                self.hub.abandon(session);
            }
            // Closing it would do, were there no copies of it.
            let _ = self.epoll.delete(&client.socket);
        }
    }
}
