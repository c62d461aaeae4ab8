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

/// A `sockaddr_in6`, whose beginning is a `sockaddr_in` with the address in the place of the flow.
///
/// There is one for all of them, since a stack has little room.
#[repr(C)]
struct Inet {
    family: u16,
    port: u16,
    flow: u32,
    address: [u64; 2],
    scope: u32,
    /// Not a part of it.
    end: u32,
}

impl Inet {
    /// How long a `sockaddr_in6` is.
    const BYTES6: u64 = 28;
    /// How long a `sockaddr_in` is.
    const BYTES4: u64 = 16;
    /// How long the address is of what has none.
    const BYTES_NAMELESS: u64 = 2;
}

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
        let mut given = Inet { family, port: 0, flow: 0, address: [0; 2], scope: 0, end: 0 };
        let length = match family {
            INET => {
                let field = if end == End::Own { Field::SockAddress } else { Field::SockPeerAddress };
                (given.port, given.flow) = (Self::port(sock, end), sock.get(field));
                Inet::BYTES4
            }
            INET6 => {
                let field = if end == End::Own { Field::SockAddress6 } else { Field::SockPeerAddress6 };
                (given.port, given.address) = (Self::port(sock, end), sock.get(field));
                Inet::BYTES6
            }
            UNIX => {
                let sock = if end == End::Own { sock } else { sock.follow(Field::UnixPeer) };
                let name = sock.follow(Field::UnixAddress);
                if name != Address(0) {
                    return self.unix(name);
                }
                // Nobody has given it one.
                Inet::BYTES_NAMELESS
            }
            _ => return TextLength::UNKNOWN,
        };
        self.kernel_bytes(Address(&raw const given as u64), length)
    }

    /// The port of an end, as it is written in an address.
    #[inline(always)]
    fn port(sock: Address, end: End) -> u16 {
        match end {
            End::Own => sock.get::<u16>(Field::SockPort).to_be(),
            End::Peer => sock.get(Field::SockPeerPort),
        }
    }

    /// Takes the name of a Unix socket.
    #[inline(always)]
    fn unix(self, name: Address) -> TextLength {
        let length: i32 = name.get(Field::UnixAddressLength);
        let length = if length < 0 || length as u64 > MAX_ADDRESS { MAX_ADDRESS } else { length as u64 };
        self.kernel_bytes(name.inner(Field::UnixAddressName), length)
    }
}
