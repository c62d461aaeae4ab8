//! What kind of socket a socket is, and which are unusual.

/// Family, type and protocol of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SocketShape {
    /// An `AF_*`.
    pub family: u16,
    /// A `SOCK_*`, without its flags.
    pub kind: u16,
    /// A protocol of the family, 0 for its usual one.
    pub protocol: u32,
}

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

const SOCK_STREAM: u16 = 1;
const SOCK_DGRAM: u16 = 2;
const SOCK_SEQPACKET: u16 = 5;
/// The bits of the second argument of `socket(2)` that are not flags.
const TYPE_BITS: i32 = 0xf;

const IPPROTO_TCP: u32 = 6;
const IPPROTO_UDP: u32 = 17;
const IPPROTO_MPTCP: u32 = 262;
/// `AF_UNIX` takes its own number for a protocol.
const PF_UNIX: u32 = 1;

impl SocketShape {
    /// What `socket(2)` is asked for by these arguments.
    ///
    /// ```
    /// use vivarium_sys::event::SocketShape;
    /// let stream_close_on_exec = SocketShape::asked(2, 1 | 0o2000000, 0);
    /// assert_eq!(stream_close_on_exec, SocketShape { family: 2, kind: 1, protocol: 0 });
    /// ```
    #[must_use]
    #[inline(always)]
    pub const fn asked(family: i32, kind: i32, protocol: i32) -> Self {
        Self { family: family as u16, kind: (kind & TYPE_BITS) as u16, protocol: protocol as u32 }
    }

    /// Whether it is anything but what programs use to talk to each other: a stream or datagrams, by TCP, UDP or a Unix
    /// socket.
    ///
    /// ```
    /// use vivarium_sys::event::SocketShape;
    /// let (netlink, raw) = (16, 3);
    /// assert!(SocketShape::asked(netlink, raw, 0).is_odd());
    /// ```
    #[must_use]
    #[inline(always)]
    pub const fn is_odd(self) -> bool {
        !matches!(
            (self.family, self.kind, self.protocol),
            (AF_INET | AF_INET6, SOCK_STREAM, 0 | IPPROTO_TCP | IPPROTO_MPTCP)
                | (AF_INET | AF_INET6, SOCK_DGRAM, 0 | IPPROTO_UDP)
                | (AF_UNIX, SOCK_STREAM | SOCK_DGRAM | SOCK_SEQPACKET, 0 | PF_UNIX)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::SocketShape;

    fn is_odd(family: i32, kind: i32, protocol: i32) -> bool {
        SocketShape::asked(family, kind, protocol).is_odd()
    }

    #[test]
    fn what_programs_use_every_day_is_not_odd() {
        for family in [libc::AF_INET, libc::AF_INET6] {
            assert!(!is_odd(family, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0));
            assert!(!is_odd(family, libc::SOCK_STREAM, libc::IPPROTO_TCP));
            assert!(!is_odd(family, libc::SOCK_STREAM, libc::IPPROTO_MPTCP));
            assert!(!is_odd(family, libc::SOCK_DGRAM, libc::IPPROTO_UDP));
        }
        for kind in [libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_SEQPACKET] {
            assert!(!is_odd(libc::AF_UNIX, kind | libc::SOCK_CLOEXEC, 0));
        }
    }

    #[test]
    fn everything_else_is_odd() {
        assert!(is_odd(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP));
        assert!(is_odd(libc::AF_INET, libc::SOCK_DGRAM, libc::IPPROTO_ICMP));
        assert!(is_odd(libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_SCTP));
        assert!(is_odd(libc::AF_INET, libc::SOCK_SEQPACKET, 0));
        assert!(is_odd(libc::AF_UNIX, libc::SOCK_RAW, 0));
        for family in [libc::AF_NETLINK, libc::AF_PACKET, libc::AF_VSOCK, libc::AF_ALG, libc::AF_BLUETOOTH, -1] {
            for kind in [libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_SEQPACKET] {
                assert!(is_odd(family, kind, 0), "{family} {kind}");
            }
        }
    }
}
