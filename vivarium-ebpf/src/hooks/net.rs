//! Hooks about sockets.

use vivarium_sys::event::{EventKind, SocketShape};

use super::{Arguments, hook};
use crate::event;
use crate::result::Answer;
use crate::socket::{self, Socket};

hook!(connect: lsm "socket_connect" by lsm_connect, fentry "security_socket_connect" by fentry_connect);
hook!(create: lsm "socket_create" by lsm_socket, fentry "security_socket_create" by fentry_socket);

/// `socket, address, its length`
#[inline(always)]
fn connect(arguments: &impl Arguments) {
    event::tell::<3, 1>(EventKind::SOCK_CONNECT, Answer::Follows, |_, record| {
        socket::describe(record, Socket(arguments.address(0)).shape());
        let length = arguments.number(2) & u64::from(u32::MAX);
        record.text(0, |room| room.kernel_bytes(arguments.address(1), length));
    });
}

/// `family, type, protocol, whether it is the kernel's own`
#[inline(always)]
fn create(arguments: &impl Arguments) {
    let number = |at| arguments.number(at) as i32;
    let shape = SocketShape::asked(number(0), number(1), number(2));
    if number(3) == 0 && shape.is_odd() {
        event::tell::<3, 0>(EventKind::ODD_SOCKET, Answer::Follows, |_, record| socket::describe(record, shape));
    }
}
