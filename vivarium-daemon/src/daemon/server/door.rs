//! Who is let in.

use std::io::{self, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use nix::sys::epoll::{EpollEvent, EpollFlags};
use vivarium_protocol::{Reason, Refusal};

use super::{LISTENER, Server};
use crate::daemon::client::Client;
use crate::daemon::peer::Peer;
use crate::daemon::requests;
use crate::daemon::room::closed_early;

/// How long nobody is let in after that failed.
const CLOSED: Duration = Duration::from_secs(1);

impl Server {
    /// Lets in whoever waits.
    pub(super) fn accept(&mut self) {
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

    /// Lets clients in again, after a while.
    pub(super) fn open_door(&mut self) {
        if self.closed_until.is_some_and(|until| Instant::now() >= until)
            && let Some(listener) = &self.listener
            && self.epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER)).is_ok()
        {
            self.closed_until = None;
        }
    }

    /// Lets a client in, unless there are too many.
    pub(super) fn admit(&mut self, socket: UnixStream) -> io::Result<()> {
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
}
