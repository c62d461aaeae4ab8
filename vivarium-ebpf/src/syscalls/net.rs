//! System calls about sockets.

mod send;

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::{EventKind, SocketShape};

use super::Call;
use crate::record::Record;
use crate::socket::{self, End, MAX_ADDRESS, Socket};

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_socket(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let shape = SocketShape::asked(call.int(0), call.int(1), call.int(2));
    call.tell::<3, 0>(socket::made(shape), |_, record| socket::describe(record, shape));
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_bind(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<3, 1>(EventKind::SOCK_BIND, |_, record| {
        describe(&call, Socket::of_descriptor(call.int(0)), record);
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_listen(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<4, 1>(EventKind::SOCK_LISTEN, |_, record| {
        if let Some(socket) = Socket::of_descriptor(call.int(0)) {
            socket::describe(record, socket.shape());
            record.text(0, |room| room.end(socket, End::Own));
        }
        record.number(3, call.argument(1) & u64::from(u32::MAX));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_accept(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<3, 1>(EventKind::SOCK_ACCEPT, |_, record| {
        if call.result < 0 {
            if let Some(waiting) = Socket::of_descriptor(call.int(0)) {
                socket::describe(record, waiting.shape());
            }
        } else if let Some(connection) = Socket::of_descriptor(call.result as i32) {
            socket::describe(record, connection.shape());
            record.text(0, |room| room.end(connection, End::Peer));
        }
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_connect(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let socket = Socket::of_descriptor(call.int(0));
    let family = match socket {
        Some(socket) => socket.shape().family,
        // Of no socket; whoever calls believes that it is one of this family.
        None => call.pointer(1).read().unwrap_or(0),
    };
    call.tell::<3, 1>(socket::connected(family), |_, record| describe(&call, socket, record));
    0
}

/// Tells of a socket and an address that it is given.
#[inline(always)]
fn describe(call: &Call, socket: Option<Socket>, record: &mut Record<3, 1>) {
    if let Some(socket) = socket {
        socket::describe(record, socket.shape());
    }
    let length = call.argument(2) & u64::from(u32::MAX);
    if length <= MAX_ADDRESS {
        record.text(0, |room| room.user_bytes(call.pointer(1), length));
    }
}
