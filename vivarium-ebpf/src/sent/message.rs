//! A message as a system call is given it.

use vivarium_sys::wire::TextLength;

use crate::record::Room;
use crate::sent::Way;
use crate::socket::{End, MAX_ADDRESS};
use crate::user::UserAddress;

/// The least that tells a port: a family and the port.
const PORT_BYTES: u64 = 4;

/// Bytes that are sent: a list of parts, or one.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Message {
    /// The list, or the bytes.
    start: UserAddress,
    /// How many parts or bytes.
    count: u64,
    /// Whether it is a list: zero or not. No boolean, of which the verifier would follow either value.
    is_list: u64,
    /// Whom it is sent to, where that isn't the peer of the socket.
    to: UserAddress,
    to_length: u64,
}

/// The head of a `struct msghdr`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Head {
    name: u64,
    name_length: u64,
    parts: u64,
    count: u64,
}

impl Message {
    /// These bytes, or the list of them, for this address if there is one.
    #[inline(always)]
    pub(crate) fn new(start: UserAddress, count: u64, is_list: u64, to: UserAddress, to_length: u64) -> Self {
        Self { start, count, is_list, to, to_length: to_length & u64::from(u32::MAX) }
    }

    /// Takes the list and the address that a `struct msghdr` tells.
    #[inline(always)]
    pub(crate) fn describe(&mut self, at: UserAddress) -> Option<()> {
        let head: Head = at.read()?;
        (self.start, self.count) = (UserAddress(head.parts), head.count);
        (self.to, self.to_length) = (UserAddress(head.name), head.name_length & u64::from(u32::MAX));
        Some(())
    }

    /// Whether it says whom it is sent to.
    #[inline(always)]
    pub(super) fn is_addressed(&self) -> bool {
        self.to != UserAddress(0) && self.to_length >= PORT_BYTES
    }

    /// The port that it is sent to, where that is said.
    #[inline(always)]
    pub(super) fn port(&self) -> Option<u16> {
        if !self.is_addressed() {
            return None;
        }
        let [_, port]: [u16; 2] = self.to.read()?;
        Some(u16::from_be(port))
    }

    /// Where a part is, and how long.
    #[inline(always)]
    pub(super) fn part(&self, at: u64) -> Option<[u64; 2]> {
        if self.is_list != 0 {
            if at < self.count { UserAddress(self.start.0.wrapping_add(at * 16)).read() } else { None }
        } else if at == 0 {
            Some([self.start.0, self.count])
        } else {
            None
        }
    }
}

impl Room {
    /// Takes the address that a message is sent to.
    #[inline(always)]
    pub(super) fn receiver(self, way: Way, message: &Message) -> TextLength {
        if message.is_addressed() && message.to_length <= MAX_ADDRESS {
            self.user_bytes(message.to, message.to_length)
        } else {
            self.end(way.socket, End::Peer)
        }
    }
}
