//! Sockets.

use super::needs::*;
use super::{Moment, Program};
use crate::event::EventKind;
use crate::load::FieldSet;
use crate::load::Syscall::*;

/// What a new socket may be.
const MADE: &[EventKind] = &[EventKind::SOCK_CREATE, EventKind::ODD_SOCKET];
/// What a connection may be.
const CONNECTED: &[EventKind] = &[EventKind::SOCK_CONNECT, EventKind::UNIX_CONNECT];
/// The functions that write to encrypted connections.
const WRITERS: &[&str] = &["SSL_write", "SSL_write_ex"];
/// What is seen by what is sent: a connection may be made by its first message.
const SENT: &[EventKind] = &[EventKind::DNS_REQ, EventKind::TLS_HELLO, EventKind::SOCK_CONNECT];

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_socket", &[Socket, Socketpair], MADE, REGISTERS),
    Program::lsm("lsm_socket", "socket_create", MADE, FieldSet::NONE),
    Program::fentry("fentry_socket", "security_socket_create", MADE, FieldSet::NONE),
    Program::syscalls("sys_bind", &[Bind], &[EventKind::SOCK_BIND], OF_SOCKET),
    Program::lsm("lsm_bind", "socket_bind", &[EventKind::SOCK_BIND], SOCKET),
    Program::fentry("fentry_bind", "security_socket_bind", &[EventKind::SOCK_BIND], SOCKET),
    Program::syscalls("sys_listen", &[Listen], &[EventKind::SOCK_LISTEN], OF_SOCKET.with(ENDS)),
    Program::lsm("lsm_listen", "socket_listen", &[EventKind::SOCK_LISTEN], SOCKET.with(ENDS)),
    Program::fentry("fentry_listen", "security_socket_listen", &[EventKind::SOCK_LISTEN], SOCKET.with(ENDS)),
    Program::syscalls("sys_connect", &[Connect], CONNECTED, OF_SOCKET),
    Program::lsm("lsm_connect", "socket_connect", CONNECTED, SOCKET),
    Program::fentry("fentry_connect", "security_socket_connect", CONNECTED, SOCKET),
    // The hooks come before there is a peer.
    Program::any_syscalls("sys_accept", &[Accept, Accept4], &[EventKind::SOCK_ACCEPT], OF_SOCKET.with(ENDS)),
    // Nor do they have what is sent in a form that is the same in all kernels.
    Program::any_syscalls(
        "sys_send",
        &[Write, Writev, Sendto, Sendmsg, Sendmmsg],
        SENT,
        OF_SOCKET.with(ENDS).with(RUNNING_CALL),
    ),
    // What is attached last runs first: it waits for what the other one looks at.
    Program::functions("ssl_write", Moment::Entry, WRITERS, &[EventKind::SSL_WRITE]),
    Program::functions("ssl_fetch", Moment::Entry, WRITERS, &[EventKind::SSL_WRITE]),
];
