//! Hooks about sockets.

use vivarium_sys::event::{EventKind, SocketShape};
use vivarium_sys::load::Field;

use super::{Arguments, hook};
use crate::event;
use crate::kernel::Address;
use crate::record::Record;
use crate::result::Answer;
use crate::socket::{self, End, Socket};

hook!(create: lsm "socket_create" by lsm_socket, fentry "security_socket_create" by fentry_socket);
hook!(bind: lsm "socket_bind" by lsm_bind, fentry "security_socket_bind" by fentry_bind);
hook!(listen: lsm "socket_listen" by lsm_listen, fentry "security_socket_listen" by fentry_listen);
hook!(connect: lsm "socket_connect" by lsm_connect, fentry "security_socket_connect" by fentry_connect);

/// `family, type, protocol, whether it is the kernel's own`
#[inline(always)]
fn create(arguments: &impl Arguments) {
    let number = |at| arguments.number(at) as i32;
    if number(3) == 0 {
        let shape = SocketShape::asked(number(0), number(1), number(2));
        event::tell::<3, 0>(socket::made(shape), Answer::Follows, |_, record| socket::describe(record, shape));
    }
}

/// `socket, address, its length`
#[inline(always)]
fn bind(arguments: &impl Arguments) {
    event::tell::<3, 1>(EventKind::SOCK_BIND, Answer::Follows, |_, record| describe(arguments, record));
}

/// `socket, how many may wait`
#[inline(always)]
fn listen(arguments: &impl Arguments) {
    event::tell::<4, 1>(EventKind::SOCK_LISTEN, Answer::Follows, |_, record| {
        let socket = Socket(arguments.address(0));
        socket::describe(record, socket.shape());
        record.number(3, arguments.number(1) & u64::from(u32::MAX));
        record.text(0, |room| room.end(socket, End::Own));
    });
}

/// `socket, address, its length`
#[inline(always)]
fn connect(arguments: &impl Arguments) {
    let family = Socket(arguments.address(0)).sock().get(Field::SockFamily);
    event::tell::<3, 1>(socket::connected(family), Answer::Follows, |_, record| describe(arguments, record));
}

/// Tells of a socket and an address that it is given.
#[inline(always)]
fn describe(arguments: &impl Arguments, record: &mut Record<3, 1>) {
    let address: Address = arguments.address(1);
    socket::describe(record, Socket(arguments.address(0)).shape());
    record.text(0, |room| room.kernel_bytes(address, arguments.number(2) & u64::from(u32::MAX)));
}
