//! Sockets. Numbers 32 to 47.

use super::{Sight, events};

events! {
    /// An unusual socket is made: raw, packet, netlink, vsock and the like.
    ODD_SOCKET = 33, "odd_socket", Net, High, On {
        family: SocketFamily = Number(0), "the address family";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_create"]),
        Fentry: Sight::by(&["security_socket_create"]),
        Syscalls: Sight::by(&["socket", "socketpair"]),
    }

    /// A socket is connected, or a datagram socket gets its peer.
    SOCK_CONNECT = 36, "sock_connect", Net, Medium, On {
        address: Address = Text(0), "the peer";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_connect"]),
        Fentry: Sight::by(&["security_socket_connect"]),
        Syscalls: Sight::by(&["connect"]),
    }
}
