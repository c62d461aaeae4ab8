//! Questions to name servers, and hellos of encrypted connections.

use std::mem;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use super::{ADDRESS_BYTES, address, connect, connection, pointer, socket};
use crate::deed::done;

/// `A` and `AAAA`.
const A: u16 = 1;
const AAAA: u16 = 28;

/// A question for a name, whose labels have dots between them.
fn question(name: &str, kind: u16) -> Vec<u8> {
    let mut message = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    for label in name.split('.') {
        message.push(label.len() as u8);
        message.extend(label.as_bytes());
    }
    message.push(0);
    message.extend(kind.to_be_bytes());
    message.extend([0, 1]);
    // What comes after the question is nobody's business.
    message.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    message
}

/// The parts of something that is sent.
fn parts(bytes: &[&[u8]]) -> Vec<libc::iovec> {
    let part = |bytes: &&[u8]| libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    bytes.iter().map(part).collect()
}

/// A message of these parts, to this address if there is one.
fn message(parts: &mut [libc::iovec], to: Option<&libc::sockaddr_in>) -> libc::msghdr {
    // SAFETY: a structure of plain numbers and pointers that may be null.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len();
    if let Some(to) = to {
        message.msg_name = pointer(to).cast_mut().cast();
        message.msg_namelen = ADDRESS_BYTES;
    }
    message
}

fn write(socket: &OwnedFd, bytes: &[u8]) {
    // SAFETY: the bytes are as many as is said.
    done(unsafe { libc::write(socket.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) } as i64);
}

fn write_parts(socket: &OwnedFd, bytes: &[&[u8]]) {
    let parts = parts(bytes);
    // SAFETY: the parts are as many and as long as is said.
    done(unsafe { libc::writev(socket.as_raw_fd(), parts.as_ptr(), parts.len() as i32) } as i64);
}

/// A socket for datagrams with a server that takes them.
fn datagrams(server: &libc::sockaddr_in) -> (OwnedFd, OwnedFd) {
    let taker = socket(libc::AF_INET, libc::SOCK_DGRAM, 0);
    super::bind(&taker, server);
    (socket(libc::AF_INET, libc::SOCK_DGRAM, 0), taker)
}

#[vivarium::observe]
pub(super) fn ask_one_by_one(_: &Path) {
    let server = address(10, 53);
    let (client, _taker) = datagrams(&server);
    let asked = question("sendto.example", A);
    // SAFETY: the bytes and the address are as long as is said.
    done(unsafe {
        libc::sendto(client.as_raw_fd(), asked.as_ptr().cast(), asked.len(), 0, pointer(&server), ADDRESS_BYTES)
    } as i64);
    let asked = question("sendmsg.example", AAAA);
    let (head, rest) = asked.split_at(5);
    let mut in_parts = parts(&[head, &[], rest]);
    // SAFETY: the message lives until the call is over.
    done(unsafe { libc::sendmsg(client.as_raw_fd(), &message(&mut in_parts, Some(&server)), 0) } as i64);
    connect(&client, &server);
    let asked = question("send.example", A);
    // SAFETY: the bytes are as many as is said.
    done(unsafe { libc::send(client.as_raw_fd(), asked.as_ptr().cast(), asked.len(), 0) } as i64);
    write(&client, &question("write.example", A));
    let asked = question("writev.example", A);
    let (head, rest) = asked.split_at(14);
    write_parts(&client, &[head, rest]);
}

#[vivarium::observe]
pub(super) fn ask_two_at_once(_: &Path) {
    let server = address(11, 53);
    let (client, _taker) = datagrams(&server);
    let questions = [question("first.example", A), question("second.example", AAAA)];
    let mut in_parts = questions.each_ref().map(|question| parts(&[question]));
    let mut messages =
        in_parts.each_mut().map(|parts| libc::mmsghdr { msg_hdr: message(parts, Some(&server)), msg_len: 0 });
    // SAFETY: the messages live until the call is over.
    assert_eq!(done(unsafe { libc::sendmmsg(client.as_raw_fd(), messages.as_mut_ptr(), 2, 0) }), 2);
}

#[vivarium::observe]
pub(super) fn ask_by_stream(_: &Path) {
    let (client, _listener) = connection(&address(12, 53));
    let counted = |question: &[u8]| [&(question.len() as u16).to_be_bytes()[..], question].concat();
    write(&client, &counted(&question("stream.example", A)));
    let asked = question("apart.example", A);
    write(&client, &(asked.len() as u16).to_be_bytes());
    write(&client, &asked);
    // Within the name, and with the length that comes first.
    let torn = counted(&question("torn.example", A));
    let (head, rest) = torn.split_at(25);
    write(&client, head);
    write(&client, rest);
}

#[vivarium::observe]
pub(super) fn ask_nonsense(_: &Path) {
    let server = address(13, 53);
    let (client, _taker) = datagrams(&server);
    connect(&client, &server);
    write(&client, b"nonsense");
    // A name that goes on elsewhere, which a question has no reason to do.
    write(&client, b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\xc0\x0c\0\x01\0\x01");
    // An answer is no question.
    write(&client, b"\x12\x34\x81\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\0\x01");
}

/// The hello of a client that wants to speak HTTP with `server.example`.
fn hello() -> Vec<u8> {
    let mut extensions = b"\0\0\0\x13\0\x11\0\0\x0eserver.example".to_vec();
    extensions.extend(b"\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1");
    let mut body = vec![3, 3];
    body.extend([0x16; 32]);
    body.extend([0, 0, 2, 0x13, 1, 1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let mut record = vec![22, 3, 1];
    record.extend((body.len() as u16 + 4).to_be_bytes());
    record.extend([1, 0]);
    record.extend((body.len() as u16).to_be_bytes());
    record.extend(body);
    record
}

#[vivarium::observe]
pub(super) fn say_hello(_: &Path) {
    let (client, _listener) = connection(&address(14, 443));
    write(&client, b"PROXY UNKNOWN\r\n");
    let hello = hello();
    let (head, rest) = hello.split_at(5);
    write_parts(&client, &[head, rest]);
    // What is said later looks much the same.
    write(&client, &[22, 3, 3, 0, 4, 20, 0, 0, 0]);
    write(&client, b"\x17\x03\x03\0\x01x");
}

#[vivarium::observe]
pub(super) fn say_hello_in_pieces(_: &Path) {
    let (client, _listener) = connection(&address(15, 8443));
    hello().chunks(40).for_each(|piece| write(&client, piece));
}
