//! Every kind of event about sockets is seen, once for each time that it happens, with all of its fields.

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::{Expected, backend, check, one_of, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().to_str().expect("a plain name");
    let observation = Observation::of(&[], &[&subject("kinds"), "net", directory]);
    check(&observation, "net", &expected(directory));
}

/// What a socket is.
#[derive(Clone, Copy)]
struct Shape(Value3, Value3, Value3);

/// A number and its name.
type Value3 = (i32, Option<&'static str>);

const INET: Value3 = (libc::AF_INET, Some("AF_INET"));
const UNIX: Value3 = (libc::AF_UNIX, Some("AF_UNIX"));
const STREAM: Value3 = (libc::SOCK_STREAM, Some("SOCK_STREAM"));
const DATAGRAM: Value3 = (libc::SOCK_DGRAM, Some("SOCK_DGRAM"));
const RAW: Value3 = (libc::SOCK_RAW, Some("SOCK_RAW"));
const TCP: Value3 = (libc::IPPROTO_TCP, Some("IPPROTO_TCP"));
const UDP: Value3 = (libc::IPPROTO_UDP, Some("IPPROTO_UDP"));
const NONE: Value3 = (0, None);

/// A number with its name.
fn named((number, name): Value3) -> Value {
    match name {
        Some(name) => one_of(number, name),
        None => json!({ "value": number, "name": null }),
    }
}

impl Shape {
    /// The fields of an event about such a socket.
    fn fields(self) -> Value {
        json!({ "family": named(self.0), "type": named(self.1), "protocol": named(self.2) })
    }

    /// With an address.
    fn at(self, address: Value) -> Value {
        let mut fields = self.fields();
        fields["address"] = address;
        fields
    }
}

/// An address of the loopback.
fn ip(last: u8, port: u16) -> Value {
    json!({ "family": "AF_INET", "ip": format!("127.9.9.{last}"), "port": port })
}

fn expected(directory: &str) -> Vec<Expected> {
    [sockets(directory), messages()].concat()
}

fn sockets(directory: &str) -> Vec<Expected> {
    let tcp = Shape(INET, STREAM, TCP);
    let unix = Shape(UNIX, STREAM, NONE);
    let inet6 = Shape((libc::AF_INET6, Some("AF_INET6")), DATAGRAM, UDP);
    let netlink = Shape((libc::AF_NETLINK, Some("AF_NETLINK")), RAW, (libc::NETLINK_ROUTE, Some("NETLINK_ROUTE")));
    let pair = Shape(UNIX, (libc::SOCK_SEQPACKET, Some("SOCK_SEQPACKET")), NONE).fields();
    let mut listening = tcp.at(ip(2, 4712));
    listening["backlog"] = json!(7);
    vec![
        seen("make_a_socket", "sock_create", [inet6.fields()]),
        // The hooks see each socket of it.
        match backend() {
            Backend::Syscalls => seen("make_a_pair", "sock_create", [pair]),
            _ => seen("make_a_pair", "sock_create", [pair.clone(), pair]),
        },
        seen(
            "make_odd_sockets",
            "odd_socket",
            [netlink.fields(), Shape(INET, RAW, (libc::IPPROTO_ICMP, Some("IPPROTO_ICMP"))).fields()],
        ),
        seen("make_odd_sockets", "sock_create", []),
        seen("bind_a_socket", "sock_bind", [Shape(INET, DATAGRAM, UDP).at(ip(1, 4711))]),
        seen("listen_on_a_socket", "sock_listen", [listening]),
        seen("connect_a_socket", "sock_connect", [tcp.at(ip(3, 4713))]),
        seen("connect_a_socket", "unix_connect", []),
        seen("connect_by_the_first_message", "sock_connect", [tcp.at(ip(16, 4716)), tcp.at(ip(16, 4716))]),
        seen("accept_a_connection", "sock_accept", [tcp.at(ip(5, 4715))]),
        seen(
            "connect_unix_sockets",
            "unix_connect",
            [
                unix.at(json!({ "family": "AF_UNIX", "path": format!("{directory}/socket") })),
                unix.at(json!({ "family": "AF_UNIX", "abstract": "vivarium kinds" })),
            ],
        ),
        seen("connect_unix_sockets", "sock_connect", []),
        seen(
            "connect_unix_sockets",
            "sock_accept",
            [unix.at(json!({ "family": "AF_UNIX" })), unix.at(json!({ "family": "AF_UNIX" }))],
        ),
    ]
}

fn messages() -> Vec<Expected> {
    let asked = |name: Value, kind: Value, server: Value, protocol| {
        json!({
            "name": name, "type": kind, "server": server, "family": named(INET), "protocol": named(protocol)
        })
    };
    let a = || one_of(1, "A");
    let aaaa = || one_of(28, "AAAA");
    let single = |name: &str, kind: Value| asked(json!(format!("{name}.example")), kind, ip(10, 53), UDP);
    let double = |name: &str, kind: Value| asked(json!(name), kind, ip(11, 53), UDP);
    let stream = |name: &str| asked(json!(name), a(), ip(12, 53), TCP);
    // What it is told by is its beginning.
    let torn = asked(json!({ "text": "torn", "length": 6 }), Value::Null, ip(12, 53), TCP);
    let odd = |name: Value| asked(name, Value::Null, ip(13, 53), UDP);
    let hello =
        |address: Value| json!({ "server_name": "server.example", "alpn": ["h2", "http/1.1"], "address": address });
    vec![
        seen(
            "ask_one_by_one",
            "dns_req",
            [
                single("sendto", a()),
                single("sendmsg", aaaa()),
                single("send", a()),
                single("write", a()),
                single("writev", a()),
            ],
        ),
        seen("ask_two_at_once", "dns_req", [double("first.example", a()), double("second.example", aaaa())]),
        seen("ask_by_stream", "dns_req", [stream("stream.example"), stream("apart.example"), torn]),
        seen("ask_nonsense", "dns_req", [odd(Value::Null), odd(json!({ "text": "www", "length": 5 }))]),
        seen("say_hello", "tls_hello", [hello(ip(14, 443))]),
        seen("say_hello_in_pieces", "tls_hello", [hello(ip(15, 8443))]),
    ]
}
