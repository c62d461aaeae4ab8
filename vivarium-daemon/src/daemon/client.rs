//! A client, from the daemon's side.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Instant;

use vivarium_protocol::{Incoming, MAX_DESCRIPTORS, Message, Request, Until, receive};

use super::outbox::{Outbox, Overflow};
use super::peer::Peer;
use super::unread::Unread;
use crate::kernel::SessionId;

/// How much of what a client says is taken at once.
const ROOM: usize = 16 << 10;

/// How often one connection may ask about sessions: whoever has more questions comes again.
const MAX_QUESTIONS: u32 = 1024;

/// A client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) socket: UnixStream,
    pub(super) peer: Peer,
    pub(super) state: State,
    pub(super) since: Instant,
    incoming: Incoming,
    descriptors: VecDeque<OwnedFd>,
    /// How often it has asked about sessions.
    questions: u32,
    pub(super) outbox: Rc<RefCell<Outbox>>,
    /// Whether the socket is watched for room.
    pub(super) waits_for_room: bool,
}

/// How far a client has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// It has not said anything.
    Silent,
    /// It speaks our version.
    Greeted,
    /// It has a session.
    Observing(Observing),
    /// It is told the last things.
    Leaving,
}

/// A session of a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Observing {
    pub(super) session: SessionId,
    pub(super) children: bool,
    pub(super) until: Until,
}

/// The client is not there any more.
#[derive(Debug)]
pub(super) struct Gone;

impl From<Overflow> for Gone {
    fn from(Overflow: Overflow) -> Self {
        Self
    }
}

impl Client {
    pub(super) fn new(socket: UnixStream, peer: Peer, unread: Unread) -> Self {
        Self {
            socket,
            peer,
            state: State::Silent,
            since: Instant::now(),
            incoming: Incoming::default(),
            descriptors: VecDeque::new(),
            questions: 0,
            outbox: Rc::new(RefCell::new(Outbox::of(unread))),
            waits_for_room: false,
        }
    }

    /// Takes what it has said; false when it says nothing more.
    pub(super) fn listen(&mut self) -> io::Result<bool> {
        let mut room = [0; ROOM];
        match receive(&self.socket, &mut room, &mut self.descriptors) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.incoming.push(&room[..count]);
                if self.descriptors.len() > MAX_DESCRIPTORS {
                    return Err(ErrorKind::InvalidData.into());
                }
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The next thing that it has said.
    pub(super) fn next(&mut self) -> Result<Option<Request>, vivarium_protocol::Malformed> {
        self.incoming.take()
    }

    /// The next descriptor that came along.
    pub(super) fn descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptors.pop_front()
    }

    /// How many of them are not taken yet.
    pub(super) fn descriptors(&self) -> usize {
        self.descriptors.len()
    }

    /// Says something.
    pub(super) fn say(&self, message: &Message) -> Result<(), Gone> {
        Ok(self.outbox.borrow_mut().message(message)?)
    }

    /// Sends what waits, as far as it can be.
    pub(super) fn send(&self) -> Result<(), Gone> {
        self.outbox.borrow_mut().send(&self.socket).map_err(|_| Gone)
    }

    /// Whether something waits to be sent.
    pub(super) fn has_mail(&self) -> bool {
        !self.outbox.borrow().is_empty()
    }

    /// How many bytes of answers it has not taken yet. What a session tells is bounded by itself.
    pub(super) fn untaken_answers(&self) -> usize {
        if self.session().is_some() { 0 } else { self.outbox.borrow().waiting() }
    }

    /// It asks about sessions; whether it has asked too often.
    pub(super) fn asks_again(&mut self) -> bool {
        self.questions += 1;
        self.questions > MAX_QUESTIONS
    }

    /// It is only told the last things from now on.
    pub(super) fn leave(&mut self) {
        (self.state, self.since) = (State::Leaving, Instant::now());
    }

    /// Its session, if it has one.
    pub(super) fn session(&self) -> Option<SessionId> {
        match self.state {
            State::Observing(observing) => Some(observing.session),
            _ => None,
        }
    }
}
