//! What waits to be sent to a client: bounded, so that a slow one costs nobody but itself.

use std::io::{self, ErrorKind, Write};
use std::mem::{self, offset_of};
use std::os::unix::net::UnixStream;

use vivarium_protocol::{Malformed, Message};
use vivarium_sys::wire::Header;

use super::unread::Unread;

/// How many bytes of records wait at most.
const RECORDS: usize = 4 << 20;
/// How many bytes wait for all clients of a user before records for them find no room, so that many who read nothing don't take
/// as much as each of them might.
const OF_USER: usize = 128 << 20;
/// How many bytes of other things come on top of that; who leaves more than that unread is gone.
const REST: usize = 16 << 20;
/// Room beyond this is given back when nothing waits.
const KEPT: usize = 64 << 10;

/// What waits to be sent to a client.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// How many of them were sent.
    sent: usize,
    /// What waits for all clients of its user.
    unread: Unread,
}

/// The client left so much unread that there is no use in going on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Overflow;

impl Outbox {
    /// An empty one, for a client of the user for whose clients so much waits.
    pub(super) fn of(unread: Unread) -> Self {
        Self { bytes: Vec::new(), sent: 0, unread }
    }

    /// What waits for all clients of its user.
    pub(super) fn unread(&self) -> &Unread {
        &self.unread
    }

    /// What waits, after which nothing does.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self::of(self.unread.clone());
        mem::replace(self, empty)
    }

    /// Takes a record; false where there is no room for it. Which set of sessions it is of is nobody's business.
    pub(super) fn record(&mut self, raw: &[u8]) -> bool {
        if self.waiting() + raw.len() > RECORDS || self.unread.bytes() + raw.len() > OF_USER {
            return false;
        }
        let (before, waited) = (self.bytes.len(), self.waiting());
        if Message::write_record(raw, &mut self.bytes).is_err() {
            return false;
        }
        let start = self.bytes.len() - raw.len() + offset_of!(Header, sessions);
        if let Some(set) = self.bytes.get_mut(start..start + size_of::<u64>()) {
            set.fill(0);
        }
        debug_assert!(before < self.bytes.len(), "a frame has a head");
        self.unread.change(waited, self.waiting());
        true
    }

    /// Takes anything else.
    pub(super) fn message(&mut self, message: &Message) -> Result<(), Overflow> {
        if self.waiting() > RECORDS + REST {
            return Err(Overflow);
        }
        let waited = self.waiting();
        let written = message.write(&mut self.bytes);
        self.unread.change(waited, self.waiting());
        match written {
            Ok(()) => Ok(()),
            Err(Malformed::TooLong { .. } | _) => Err(Overflow),
        }
    }

    /// Puts what waits in another one behind what waits here. Nothing of that was sent yet.
    pub(super) fn append(&mut self, other: &Self) {
        let waited = self.waiting();
        self.bytes.extend_from_slice(&other.bytes[other.sent..]);
        self.unread.change(waited, self.waiting());
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.sent == self.bytes.len()
    }

    /// Sends as much as the socket takes.
    pub(super) fn send(&mut self, socket: &UnixStream) -> io::Result<()> {
        let waited = self.waiting();
        let sent = self.send_some(socket);
        self.unread.change(waited, self.waiting());
        sent
    }

    fn send_some(&mut self, mut socket: &UnixStream) -> io::Result<()> {
        while !self.is_empty() {
            match socket.write(&self.bytes[self.sent..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        if self.is_empty() {
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
            self.sent = 0;
        } else if self.sent > RECORDS / 2 {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
        Ok(())
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.unread.change(self.waiting(), 0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use vivarium_protocol::Incoming;
    use vivarium_sys::wire::HEADER_BYTES;

    use super::*;

    #[test]
    fn many_who_do_not_read_share_what_there_is_for_their_user() {
        let unread = Unread::default();
        let record = [7; 4096];
        let fill = |outbox: &mut Outbox| while outbox.record(&record) {};
        let mut outboxes: Vec<_> = (0..2 * OF_USER / RECORDS).map(|_| Outbox::of(unread.clone())).collect();
        outboxes.iter_mut().for_each(fill);
        assert!(unread.bytes() <= OF_USER + outboxes.len() * 64, "{}", unread.bytes());
        assert!(outboxes.last().is_some_and(Outbox::is_empty), "the last ones found no room");

        let taken = outboxes[0].take();
        let mut first = Outbox::of(unread.clone());
        first.append(&taken);
        drop((taken, first));
        let mut other = Outbox::default();
        assert!(other.record(&record), "nor does it concern anyone else");
        assert!(outboxes.last_mut().is_some_and(|last| last.record(&record)), "there is room again");
        drop(outboxes);
        assert_eq!(unread.bytes(), 0);
    }

    #[test]
    fn who_does_not_read_gets_less_and_costs_a_bounded_amount() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let mut outbox = Outbox::default();
        let record = [7; 4096];
        let mut taken = 0;
        while outbox.record(&record) {
            taken += 1;
            outbox.send(&ours).unwrap();
        }
        assert!(outbox.bytes.len() <= 2 * RECORDS, "{}", outbox.bytes.len());
        assert_eq!(outbox.message(&Message::Synced(7)), Ok(()), "what isn't a record is still said");

        theirs.set_nonblocking(true).unwrap();
        let (mut incoming, mut received) = (Incoming::default(), 0);
        let mut room = vec![0; 1 << 16];
        loop {
            outbox.send(&ours).unwrap();
            match theirs.read(&mut room) {
                Ok(count) => incoming.push(&room[..count]),
                Err(_) => break,
            }
            while let Some(message) = incoming.take().unwrap() {
                match message {
                    Message::Record(raw) => {
                        assert!(raw[offset_of!(Header, sessions)..][..8].iter().all(|byte| *byte == 0));
                        assert_eq!(raw[HEADER_BYTES..], record[HEADER_BYTES..]);
                        received += 1;
                    }
                    other => assert!(matches!(other, Message::Synced(7))),
                }
            }
        }
        assert_eq!(received, taken);
        assert!(outbox.is_empty() && outbox.bytes.capacity() <= KEPT, "the room was given back");
    }
}
