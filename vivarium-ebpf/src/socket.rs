//! Sockets.

mod ends;

use vivarium_sys::event::{EventKind, SocketShape};
use vivarium_sys::load::Field;

use crate::descriptor::File;
use crate::kernel::Address;
use crate::mode;
use crate::record::Record;

pub(crate) use ends::End;

/// The longest address, a `struct sockaddr_storage`.
pub(crate) const MAX_ADDRESS: u64 = 128;
/// `AF_UNIX`.
const UNIX: u16 = 1;

/// A socket of the kernel, a `struct socket`.
#[derive(Clone, Copy)]
pub(crate) struct Socket(pub(crate) Address);

impl Socket {
    /// The socket that a descriptor of the running thread stands for.
    #[inline(always)]
    pub(crate) fn of_descriptor(descriptor: i32) -> Option<Self> {
        let file = File::of_descriptor(descriptor)?;
        let mode: u16 = file.inode(Field::InodeMode);
        mode::is_socket(mode).then(|| Self(file.get(Field::FilePrivateData)))
    }

    /// Its protocol's part, a `struct sock`.
    #[inline(always)]
    pub(crate) fn sock(self) -> Address {
        self.0.follow(Field::SocketSk)
    }

    /// What it is.
    #[inline(always)]
    pub(crate) fn shape(self) -> SocketShape {
        let sock = self.sock();
        let protocol: u16 = sock.get(Field::SockProtocol);
        SocketShape {
            family: sock.get(Field::SockFamily),
            kind: self.0.get(Field::SocketType),
            protocol: protocol.into(),
        }
    }
}

/// The kind of event that a socket of this shape is when it is made.
#[inline(always)]
pub(crate) fn made(shape: SocketShape) -> EventKind {
    if shape.is_odd() { EventKind::ODD_SOCKET } else { EventKind::SOCK_CREATE }
}

/// The kind of event that it is when a socket of this family is connected.
#[inline(always)]
pub(crate) fn connected(family: u16) -> EventKind {
    if family == UNIX { EventKind::UNIX_CONNECT } else { EventKind::SOCK_CONNECT }
}

/// Tells what a socket is, in the first three numbers.
#[inline(always)]
pub(crate) fn describe<const NUMBERS: usize, const TEXTS: usize>(
    record: &mut Record<NUMBERS, TEXTS>,
    shape: SocketShape,
) {
    record.number(0, shape.family.into());
    record.number(1, shape.kind.into());
    record.number(2, shape.protocol.into());
}
