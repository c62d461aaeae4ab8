//! What is sent through sockets: whether it asks a name server, or begins an encrypted connection.
//!
//! Of everything else nothing is kept, and most is not even read: the socket tells that it can't be of interest.

mod connected;
mod copied;
mod dns;
mod message;
mod tls;

pub(crate) use message::Message;

use vivarium_sys::event::{EventKind, SocketShape};
use vivarium_sys::load::Field;

use crate::descriptor::File;
use crate::socket::Socket;
use crate::thread::Thread;

/// `AF_INET` and `AF_INET6`.
const INET: [u16; 2] = [2, 10];
/// `SOCK_STREAM`.
const STREAM: u16 = 1;
/// `SOCK_DGRAM`.
const DATAGRAM: u16 = 2;
/// Where name servers listen.
const DNS_PORT: u16 = 53;

/// Whether any session wants to know of what the thread sends.
#[inline(always)]
pub(crate) fn is_wanted(thread: &Thread) -> bool {
    thread.set.wants(EventKind::DNS_REQ)
        || thread.set.wants(EventKind::TLS_HELLO)
        || thread.set.wants(EventKind::SOCK_CONNECT)
}

/// A socket that something is sent through.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Way {
    socket: Socket,
    /// Its inode, which no other socket has or had a moment ago.
    inode: u64,
}

impl Way {
    /// The socket that a descriptor of the running thread stands for.
    #[inline(always)]
    pub(crate) fn of_descriptor(descriptor: i32) -> Option<Self> {
        let socket = Socket::of_descriptor(descriptor)?;
        let inode = File::of_descriptor(descriptor)?.inode(Field::InodeNumber);
        Some(Self { socket, inode })
    }
}

/// Looks at a message that was sent, or that was not when the result is negative.
#[inline(always)]
pub(crate) fn inspect(thread: &Thread, way: Way, message: &Message, result: i64) {
    let shape = way.socket.shape();
    let is_inet = shape.family == INET[0] || shape.family == INET[1];
    if is_inet && shape.kind == STREAM && message.is_addressed() {
        connected::look(thread, way, message, result);
    }
    if is_inet && (shape.kind == DATAGRAM || shape.kind == STREAM) && port(way, message) == DNS_PORT {
        if thread.set.wants(EventKind::DNS_REQ) {
            dns::look(thread, way, message, result);
        }
    } else if shape.kind == STREAM && result > 0 && thread.set.wants(EventKind::TLS_HELLO) {
        tls::look(thread, way, message, result);
    }
}

/// The port that it goes to.
#[inline(always)]
fn port(way: Way, message: &Message) -> u16 {
    match message.port() {
        Some(port) => port,
        None => way.socket.peer_port(),
    }
}

/// Whether it is a stream, in which a message may be in pieces.
#[inline(always)]
fn is_stream(shape: SocketShape) -> bool {
    shape.kind == STREAM
}
