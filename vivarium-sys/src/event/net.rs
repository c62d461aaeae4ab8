//! Sockets, and what is asked through them. Numbers 32 to 47.

use super::{Sight, events};

/// What the hooks tell twice.
const PAIR_GAP: &str = "each socket of a pair is told by itself";
/// What the programs that read what is sent can't tell.
const QUESTION_GAP: &str = "what is sent by io_uring, sendfile or splice; of several questions that are sent as one, all but \
                            the first; a question over TCP whose first piece ends within its head";
/// The same of what begins an encrypted connection.
const HELLO_GAP: &str = "what is sent by io_uring, sendfile or splice; what a hello says that is spread over several records, or beyond its first 4 KiB";
/// The same of connections that are made by what is sent.
const FIRST_GAP: &str = "connections that io_uring makes by sending the first message";
/// What the entry of a function of a library can't tell.
const LIBRARY_GAP: &str = "what happens before a library is attached to that is loaded while the program runs; programs \
                           that are stripped and have the library in themselves";

events! {
    /// A socket is made, of the kinds that programs use every day; any other is an `odd_socket`.
    SOCK_CREATE = 32, "sock_create", Net, Info, On {
        family: SocketFamily = Number(0), "the address family";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_create"]).but(PAIR_GAP),
        Fentry: Sight::by(&["security_socket_create"]).but(PAIR_GAP),
        Syscalls: Sight::by(&["socket", "socketpair"]),
    }

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

    /// A socket gets an address of its own.
    SOCK_BIND = 34, "sock_bind", Net, Medium, On {
        address: Address = Text(0), "the address";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_bind"]),
        Fentry: Sight::by(&["security_socket_bind"]),
        Syscalls: Sight::by(&["bind"]),
    }

    /// A socket begins to wait for connections.
    SOCK_LISTEN = 35, "sock_listen", Net, Medium, On {
        address: Address = Text(0), "where";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
        backlog: Count = Number(3), "how many connections may wait";
    } via {
        Lsm: Sight::by(&["socket_listen"]).but("the port that the kernel chooses where none was bound"),
        Fentry: Sight::by(&["security_socket_listen"]).but("the port that the kernel chooses where none was bound"),
        Syscalls: Sight::by(&["listen"]),
    }

    /// A socket is connected, or a datagram socket gets its peer.
    SOCK_CONNECT = 36, "sock_connect", Net, Medium, On {
        address: Address = Text(0), "the peer";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_connect", "sendto", "sendmsg", "sendmmsg"]).but(FIRST_GAP),
        Fentry: Sight::by(&["security_socket_connect", "sendto", "sendmsg", "sendmmsg"]).but(FIRST_GAP),
        Syscalls: Sight::by(&[
            "connect",
            "sendto",
            "sendmsg",
            "sendmmsg",
            "io_uring_submit_req",
            "io_uring_submit_sqe",
        ])
        .but(FIRST_GAP),
    }

    /// A connection is taken.
    SOCK_ACCEPT = 37, "sock_accept", Net, Medium, On {
        address: Address = Text(0), "the peer";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["accept", "accept4"]).but("connections that are taken by io_uring"),
        Fentry: Sight::by(&["accept", "accept4"]).but("connections that are taken by io_uring"),
        Syscalls: Sight::by(&["accept", "accept4"]).but("connections that are taken by io_uring"),
    }

    /// A Unix socket is connected, or gets its peer.
    UNIX_CONNECT = 38, "unix_connect", Net, Medium, On {
        address: Address = Text(0), "the peer: a path, or a name outside the file system";
        family: SocketFamily = Number(0), "the address family of the socket";
        type: SocketType = Number(1), "the type of socket";
        protocol: Protocol = Number(2), "the protocol";
    } via {
        Lsm: Sight::by(&["socket_connect"]),
        Fentry: Sight::by(&["security_socket_connect"]),
        Syscalls: Sight::by(&["connect", "io_uring_submit_req", "io_uring_submit_sqe"]),
    }

    /// A name server is asked.
    DNS_REQ = 39, "dns_req", Net, Medium, On {
        name: DnsName = Text(0), "the name that is asked for";
        type: DnsType = Number(0), "the type of record that is asked for";
        server: Address = Text(1), "who is asked";
        family: SocketFamily = Number(1), "the address family of the socket";
        protocol: Protocol = Number(2), "UDP or TCP";
    } via {
        Lsm: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(QUESTION_GAP),
        Fentry: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(QUESTION_GAP),
        Syscalls: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(QUESTION_GAP),
    }

    /// An encrypted connection begins: a client says hello.
    TLS_HELLO = 40, "tls_hello", Net, Medium, On {
        server_name: ServerName = Text(0), "whom the client believes to speak to";
        alpn: Alpn = Text(0), "the protocols that it offers to speak";
        address: Address = Text(1), "the peer";
    } via {
        Lsm: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(HELLO_GAP),
        Fentry: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(HELLO_GAP),
        Syscalls: Sight::by(&["write", "writev", "sendto", "sendmsg", "sendmmsg"]).but(HELLO_GAP),
    }

    /// Something is written to an encrypted connection, before it is encrypted.
    SSL_WRITE = 41, "ssl_write", Net, Medium, Off {
        data: Text = Text(0), "the first line, or the head of the frame";
        length: Length = Number(0), "how many bytes are written";
    } via {
        Lsm: Sight::by(&["SSL_write", "SSL_write_ex"]).but(LIBRARY_GAP),
        Fentry: Sight::by(&["SSL_write", "SSL_write_ex"]).but(LIBRARY_GAP),
        Syscalls: Sight::by(&["SSL_write", "SSL_write_ex"]).but(LIBRARY_GAP),
    }
}
