//! Sockets.

use vivarium_sys::event::SocketShape;
use vivarium_sys::load::Field;

use crate::descriptor::File;
use crate::kernel::Address;
use crate::mode;
use crate::record::Record;

/// The longest address, a `struct sockaddr_storage`.
pub(crate) const MAX_ADDRESS: u64 = 128;

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

    /// What it is.
    #[inline(always)]
    pub(crate) fn shape(self) -> SocketShape {
        let sock = self.0.follow(Field::SocketSk);
        let protocol: u16 = sock.get(Field::SockProtocol);
        SocketShape {
            family: sock.get(Field::SockFamily),
            kind: self.0.get(Field::SocketType),
            protocol: protocol.into(),
        }
    }
}

/// Tells what a socket is.
#[inline(always)]
pub(crate) fn describe<const TEXTS: usize>(record: &mut Record<3, TEXTS>, shape: SocketShape) {
    record.number(0, shape.family.into());
    record.number(1, shape.kind.into());
    record.number(2, shape.protocol.into());
}
