//! The one loop: it listens to clients, reads the ring, and sends.

mod turns;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use vivarium_protocol::{Message, Reason, Refusal, Until};

use self::turns::Turns;
use super::client::{Client, Gone, State};
use super::hub::Hub;
use super::peer::Peer;
use super::requests;
use super::room::{Room, closed_early};

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
/// How many bytes of answers one user but root may leave unread.
const ANSWERS_OF_USER: usize = 64 << 20;
/// How long clients may take to be told that the daemon ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long nobody is let in after that failed.
const CLOSED: Duration = Duration::from_secs(1);

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

    fn accept(&mut self) {
        while let Some(accepted) = self.listener.as_ref().map(UnixListener::accept) {
            match accepted {
                Ok((socket, _)) => {
                    if let Err(error) = self.admit(closed_early(socket)) {
                        tracing::warn!("a client could not be admitted: {error}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::warn!("cannot accept clients for a while: {error}");
                    return self.close_door();
                }
            }
        }
    }

    /// Lets nobody in for a while: whoever waits at the door would be heard all the time.
    fn close_door(&mut self) {
        if let Some(listener) = &self.listener
            && self.epoll.delete(listener).is_ok()
        {
            self.closed_until = Some(Instant::now() + CLOSED);
        }
    }

    fn open_door(&mut self) {
        if self.closed_until.is_some_and(|until| Instant::now() >= until)
            && let Some(listener) = &self.listener
            && self.epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER)).is_ok()
        {
            self.closed_until = None;
        }
    }

    fn admit(&mut self, socket: UnixStream) -> io::Result<()> {
        socket.set_nonblocking(true)?;
        let peer = Peer::of(&socket, |process| self.hub.is_here(process))?;
        let user = peer.user;
        let same: Vec<_> = self.clients.values().filter(|other| other.peer.user == user).collect();
        // Root is trusted to read.
        let unread = same.first().filter(|_| user != 0).map(|other| other.outbox.borrow().unread().clone());
        let (mut client, same) = (Client::new(socket, peer, unread.unwrap_or_default()), same.len());
        if self.clients.len() >= self.room.clients || user != 0 && same >= self.room.of_user {
            let refusal = Refusal::new(Reason::TooMany, "there are too many clients already", "end some of them first");
            let _ = requests::dismiss(&mut client, refusal).and_then(|()| client.send());
            return Ok(());
        }
        self.epoll.add(&client.socket, EpollEvent::new(EpollFlags::EPOLLIN, self.next))?;
        self.clients.insert(self.next, client);
        self.next += 1;
        Ok(())
    }

    /// Listens to a client, unless there is something to answer that it has said before.
    fn listen(&mut self, token: u64) {
        let Some(client) = self.clients.get_mut(&token).filter(|_| !self.turns.has(token)) else { return };
        match client.listen() {
            Ok(true) => self.turns.add(token, client.peer.user),
            Ok(false) | Err(_) => self.part(token),
        }
    }

    /// Answers what clients have said, as far as it is their turn.
    fn answer_all(&mut self) {
        let mut turns = std::mem::take(&mut self.turns);
        turns.go_round(|client| {
            let begun = Instant::now();
            self.answer(client).then(|| begun.elapsed())
        });
        self.turns = turns;
    }

    /// Answers the next thing that a client has said; false where that was all.
    fn answer(&mut self, token: u64) -> bool {
        let Some(client) = self.clients.get_mut(&token) else { return false };
        let answered = match client.next() {
            Ok(Some(request)) => requests::answer(client, &mut self.hub, request).map(|()| true),
            Ok(None) => Ok(false),
            Err(malformed) => {
                if let Some(session) = client.session() {
                    self.hub.abandon(session);
                }
                let dismissed = requests::dismiss(client, requests::not_understood(&malformed));
                // What comes after nonsense is nonsense.
                let _ = client.send();
                dismissed.and(Err(Gone))
            }
        };
        match answered {
            Ok(more) if !self.hoards(token) => more,
            _ => {
                self.part(token);
                false
            }
        }
    }

    /// Whether the user of a client has more lie here than there is room for: descriptors that no request has taken, or answers
    /// that nobody reads.
    fn hoards(&self, token: u64) -> bool {
        let Some(client) = self.clients.get(&token).filter(|client| client.peer.user != 0) else { return false };
        if client.descriptors() == 0 && client.untaken_answers() == 0 {
            return false;
        }
        let (mut descriptors, mut answers) = (0, 0);
        for other in self.clients.values().filter(|other| other.peer.user == client.peer.user) {
            descriptors += other.descriptors();
            answers += other.untaken_answers();
        }
        descriptors > self.room.descriptors_of_user || answers > ANSWERS_OF_USER
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

    /// The daemon ends: every session gets a verdict.
    fn say_goodbye(mut self) -> io::Result<()> {
        tracing::info!(clients = self.clients.len(), "told to end");
        self.listener = None;
        for client in self.clients.values_mut() {
            let told = match client.state {
                State::Observing(observing) => {
                    self.hub.cut(observing.session, "vivariumd was told to end");
                    requests::conclude(client, &mut self.hub, observing.session)
                }
                State::Leaving => Ok(()),
                State::Silent | State::Greeted => {
                    let refusal = Refusal::new(Reason::Ending, "vivariumd is about to end", "start it again");
                    client.say(&Message::Refused(refusal))
                }
            };
            client.state = State::Leaving;
            if told.is_err() {
                tracing::debug!("a client was not told that the daemon ends");
            }
        }
        let deadline = Instant::now() + FAREWELL;
        let mut events = [EpollEvent::empty(); 256];
        loop {
            self.send_all();
            let left = deadline.saturating_duration_since(Instant::now());
            if self.clients.is_empty() || left.is_zero() {
                return Ok(());
            }
            let timeout = EpollTimeout::try_from(left).unwrap_or(EpollTimeout::ZERO);
            let count = self.epoll.wait(&mut events, timeout).unwrap_or(0);
            for event in &events[..count] {
                if event.events().contains(EpollFlags::EPOLLHUP) {
                    self.part(event.data());
                }
            }
        }
    }
}
