//! Sockets.

use super::Program;
use super::needs::*;
use crate::event::EventKind;
use crate::load::FieldSet;
use crate::load::Syscall::*;

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_connect", &[Connect], &[EventKind::SOCK_CONNECT], OF_DESCRIPTOR.with(SOCKET)),
    Program::lsm("lsm_connect", "socket_connect", &[EventKind::SOCK_CONNECT], SOCKET),
    Program::fentry("fentry_connect", "security_socket_connect", &[EventKind::SOCK_CONNECT], SOCKET),
    Program::syscalls("sys_socket", &[Socket, Socketpair], &[EventKind::ODD_SOCKET], REGISTERS),
    Program::lsm("lsm_socket", "socket_create", &[EventKind::ODD_SOCKET], FieldSet::NONE),
    Program::fentry("fentry_socket", "security_socket_create", &[EventKind::ODD_SOCKET], FieldSet::NONE),
];
