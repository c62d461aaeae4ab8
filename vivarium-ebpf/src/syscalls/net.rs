//! System calls about sockets.

use aya_ebpf::macros::tracepoint;
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::event::{EventKind, SocketShape};

use super::Call;
use crate::socket::{self, MAX_ADDRESS, Socket};

#[tracepoint]
fn sys_connect(ctx: TracePointContext) -> u32 {
    let call = Call::of(&ctx);
    call.tell::<3, 1>(EventKind::SOCK_CONNECT, |_, record| {
        if let Some(socket) = Socket::of_descriptor(call.int(0)) {
            socket::describe(record, socket.shape());
        }
        let length = call.argument(2) & u64::from(u32::MAX);
        if length <= MAX_ADDRESS {
            record.text(0, |room| room.user_bytes(call.pointer(1), length));
        }
    });
    0
}

#[tracepoint]
fn sys_socket(ctx: TracePointContext) -> u32 {
    let call = Call::of(&ctx);
    let shape = SocketShape::asked(call.int(0), call.int(1), call.int(2));
    if shape.is_odd() {
        call.tell::<3, 0>(EventKind::ODD_SOCKET, |_, record| socket::describe(record, shape));
    }
    0
}
