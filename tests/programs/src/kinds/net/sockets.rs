//! Sockets that are made, bound, connected.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::{mem, ptr};

use super::{ADDRESS_BYTES, address, bind, connect, connection, listener, pointer, socket, unix_address, unix_path};
use crate::deed::done;

#[vivarium::observe]
pub(super) fn make_a_socket(_: &Path) {
    socket(libc::AF_INET6, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, libc::IPPROTO_UDP);
}

#[vivarium::observe]
pub(super) fn make_a_pair(_: &Path) {
    let mut pair = [0; 2];
    // SAFETY: there is room for two descriptors, which nobody else has.
    unsafe {
        done(libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, pair.as_mut_ptr()));
        drop(pair.map(|descriptor| OwnedFd::from_raw_fd(descriptor)));
    }
}

#[vivarium::observe]
pub(super) fn make_odd_sockets(_: &Path) {
    socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE);
    socket(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP);
}

#[vivarium::observe]
pub(super) fn bind_a_socket(_: &Path) {
    bind(&socket(libc::AF_INET, libc::SOCK_DGRAM, 0), &address(1, 4711));
}

#[vivarium::observe]
pub(super) fn listen_on_a_socket(_: &Path) {
    listener(&address(2, 4712));
}

#[vivarium::observe]
pub(super) fn connect_a_socket(_: &Path) {
    connection(&address(3, 4713));
}

#[vivarium::observe]
pub(super) fn connect_by_the_first_message(_: &Path) {
    let there = address(16, 4716);
    let _listener = listener(&there);
    let mut byte = *b"x";
    let mut part = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: 1 };
    // SAFETY: a structure of plain numbers and pointers that may be null.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_name = pointer(&there).cast_mut().cast();
    message.msg_namelen = ADDRESS_BYTES;
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    let [one, other] = [(); 2].map(|()| socket(libc::AF_INET, libc::SOCK_STREAM, 0));
    // SAFETY: the bytes and the address are as long as is said, and live until the calls are over.
    unsafe {
        let start = byte.as_ptr().cast();
        done(libc::sendto(one.as_raw_fd(), start, 1, libc::MSG_FASTOPEN, pointer(&there), ADDRESS_BYTES) as i64);
        done(libc::sendmsg(other.as_raw_fd(), &raw const message, libc::MSG_FASTOPEN) as i64);
    }
}

#[vivarium::observe]
pub(super) fn accept_a_connection(_: &Path) {
    let (here, there) = (address(4, 4714), address(5, 4715));
    let listener = listener(&here);
    let client = socket(libc::AF_INET, libc::SOCK_STREAM, 0);
    bind(&client, &there);
    connect(&client, &here);
    // SAFETY: nobody wants to know the address, and nobody else has the descriptor.
    unsafe {
        let taken = libc::accept4(listener.as_raw_fd(), ptr::null_mut(), ptr::null_mut(), libc::SOCK_CLOEXEC);
        OwnedFd::from_raw_fd(done(taken));
    }
}

#[vivarium::observe]
pub(super) fn connect_unix_sockets(directory: &Path) {
    for name in [unix_path(directory), b"\0vivarium kinds".to_vec()] {
        let (address, length) = unix_address(&name);
        let listener = socket(libc::AF_UNIX, libc::SOCK_STREAM, 0);
        let client = socket(libc::AF_UNIX, libc::SOCK_STREAM, 0);
        // SAFETY: the address is as long as is said.
        unsafe {
            done(libc::bind(listener.as_raw_fd(), pointer(&address), length));
            done(libc::listen(listener.as_raw_fd(), 1));
            done(libc::connect(client.as_raw_fd(), pointer(&address), length));
            let taken = done(libc::accept(listener.as_raw_fd(), ptr::null_mut(), ptr::null_mut()));
            OwnedFd::from_raw_fd(taken);
        }
    }
}
