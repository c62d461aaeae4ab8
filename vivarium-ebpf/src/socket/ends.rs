//! The two ends of a connection, as the kernel knows them: addresses that nobody gave to a system call.

use vivarium_sys::load::Field;
use vivarium_sys::wire::TextLength;

use super::{MAX_ADDRESS, Socket, UNIX};
use crate::kernel::Address;
use crate::record::Room;

/// `AF_INET`.
const INET: u16 = 2;
/// `AF_INET6`.
const INET6: u16 = 10;

/// One end of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// This one.
    Own,
    /// The other one.
    Peer,
}

/// A `sockaddr_in`.
#[repr(C)]
struct Inet {
    family: u16,
    port: u16,
    address: u32,
    zero: u64,
}

/// A `sockaddr_in6`.
#[repr(C)]
struct Inet6 {
    family: u16,
    port: u16,
    flow: u32,
    address: [u64; 2],
    scope: u32,
    /// Not a part of it.
    end: u32,
}

/// How long a `sockaddr_in6` is.
const INET6_BYTES: u64 = 28;

impl Socket {
    /// The port of the peer, as a number.
    #[inline(always)]
    pub(crate) fn peer_port(self) -> u16 {
        u16::from_be(self.sock().get(Field::SockPeerPort))
    }
}

impl Room {
    /// Takes the address of one end of a socket.
    #[inline(always)]
    pub(crate) fn end(self, socket: Socket, end: End) -> TextLength {
        let sock = socket.sock();
        let family: u16 = sock.get(Field::SockFamily);
        match family {
            INET => self.inet(sock, end),
            INET6 => self.inet6(sock, end),
            UNIX => self.unix(sock, end),
            _ => TextLength::UNKNOWN,
        }
    }

    /// The port of an end, as it is written in an address.
    #[inline(always)]
    fn port(sock: Address, end: End) -> u16 {
        match end {
            End::Own => sock.get::<u16>(Field::SockPort).to_be(),
            End::Peer => sock.get(Field::SockPeerPort),
        }
    }

    #[inline(always)]
    fn inet(self, sock: Address, end: End) -> TextLength {
        let field = if end == End::Own { Field::SockAddress } else { Field::SockPeerAddress };
        let address = Inet { family: INET, port: Self::port(sock, end), address: sock.get(field), zero: 0 };
        self.kernel_bytes(Address(&raw const address as u64), size_of::<Inet>() as u64)
    }

    #[inline(always)]
    fn inet6(self, sock: Address, end: End) -> TextLength {
        let field = if end == End::Own { Field::SockAddress6 } else { Field::SockPeerAddress6 };
        let (port, address) = (Self::port(sock, end), sock.get(field));
        let address = Inet6 { family: INET6, port, flow: 0, address, scope: 0, end: 0 };
        self.kernel_bytes(Address(&raw const address as u64), INET6_BYTES)
    }

    #[inline(always)]
    fn unix(self, sock: Address, end: End) -> TextLength {
        let sock = if end == End::Own { sock } else { sock.follow(Field::UnixPeer) };
        let name = sock.follow(Field::UnixAddress);
        if name == Address(0) {
            // Nobody has given it one.
            let unnamed = UNIX;
            return self.kernel_bytes(Address(&raw const unnamed as u64), size_of::<u16>() as u64);
        }
        let length: i32 = name.get(Field::UnixAddressLength);
        let length = if length < 0 || length as u64 > MAX_ADDRESS { MAX_ADDRESS } else { length as u64 };
        self.kernel_bytes(name.inner(Field::UnixAddressName), length)
    }
}
