//! Sockets, and what is asked through them.

mod messages;
mod sockets;

use std::mem;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use crate::deed::{Deed, deeds, done};
use messages::{ask_by_stream, ask_nonsense, ask_one_by_one, ask_two_at_once, say_hello, say_hello_in_pieces};
use sockets::{
    accept_a_connection, bind_a_socket, connect_a_socket, connect_by_the_first_message, connect_unix_sockets,
};
use sockets::{listen_on_a_socket, make_a_pair, make_a_socket, make_odd_sockets};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "sock_create": make_a_socket, make_a_pair;
    "odd_socket": make_odd_sockets;
    "sock_bind": bind_a_socket;
    "sock_listen": listen_on_a_socket;
    "sock_connect": connect_a_socket, connect_by_the_first_message;
    "sock_accept": accept_a_connection;
    "unix_connect": connect_unix_sockets;
    "dns_req": ask_one_by_one, ask_two_at_once, ask_by_stream, ask_nonsense;
    "tls_hello": say_hello, say_hello_in_pieces;
};

/// A new socket.
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> OwnedFd {
    // SAFETY: plain numbers, and a descriptor that nobody else has.
    unsafe { OwnedFd::from_raw_fd(done(libc::socket(family, kind, protocol))) }
}

/// An address of the loopback.
pub(crate) fn address(last: u8, port: u16) -> libc::sockaddr_in {
    let address = SocketAddrV4::new(Ipv4Addr::new(127, 9, 9, last), port);
    // SAFETY: a structure of plain numbers.
    let mut raw: libc::sockaddr_in = unsafe { mem::zeroed() };
    raw.sin_family = libc::AF_INET as libc::sa_family_t;
    raw.sin_port = address.port().to_be();
    raw.sin_addr.s_addr = u32::from_ne_bytes(address.ip().octets());
    raw
}

/// How long such an address is.
pub(crate) const ADDRESS_BYTES: libc::socklen_t = size_of::<libc::sockaddr_in>() as libc::socklen_t;

/// A pointer to an address, as system calls want it.
pub(crate) fn pointer<T>(address: &T) -> *const libc::sockaddr {
    std::ptr::from_ref(address).cast()
}

/// Binds a socket.
fn bind(socket: &OwnedFd, address: &libc::sockaddr_in) {
    // SAFETY: the address is as long as is said.
    done(unsafe { libc::bind(socket.as_raw_fd(), pointer(address), ADDRESS_BYTES) });
}

/// Connects a socket.
fn connect(socket: &OwnedFd, address: &libc::sockaddr_in) {
    // SAFETY: the address is as long as is said.
    done(unsafe { libc::connect(socket.as_raw_fd(), pointer(address), ADDRESS_BYTES) });
}

/// A socket that waits for connections.
fn listener(address: &libc::sockaddr_in) -> OwnedFd {
    let socket = socket(libc::AF_INET, libc::SOCK_STREAM, 0);
    let yes: i32 = 1;
    // SAFETY: the option is as long as is said.
    done(unsafe {
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_REUSEADDR, (&raw const yes).cast(), 4)
    });
    bind(&socket, address);
    // SAFETY: plain numbers.
    done(unsafe { libc::listen(socket.as_raw_fd(), 7) });
    socket
}

/// A connection to who listens there.
fn connection(address: &libc::sockaddr_in) -> (OwnedFd, OwnedFd) {
    let listener = listener(address);
    let client = socket(libc::AF_INET, libc::SOCK_STREAM, 0);
    connect(&client, address);
    (client, listener)
}

/// The address of a Unix socket, and how long it is.
fn unix_address(name: &[u8]) -> (libc::sockaddr_un, libc::socklen_t) {
    // SAFETY: a structure of plain numbers.
    let mut raw: libc::sockaddr_un = unsafe { mem::zeroed() };
    raw.sun_family = libc::AF_UNIX as libc::sa_family_t;
    for (to, from) in raw.sun_path.iter_mut().zip(name) {
        *to = from.cast_signed();
    }
    (raw, (mem::offset_of!(libc::sockaddr_un, sun_path) + name.len()) as libc::socklen_t)
}

/// The path of a socket in the directory.
fn unix_path(directory: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    directory.join("socket").as_os_str().as_bytes().to_vec()
}
