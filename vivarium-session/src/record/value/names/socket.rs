//! Sockets, and what goes through them.

use super::{OneOf, Table, constants, one_of};

const FAMILIES: Table = constants! { libc:
    AF_UNSPEC AF_UNIX AF_INET AF_AX25 AF_IPX AF_APPLETALK AF_NETROM AF_BRIDGE AF_ATMPVC AF_X25 AF_INET6 AF_ROSE AF_DECnet
    AF_NETBEUI AF_SECURITY AF_KEY AF_NETLINK AF_PACKET AF_ASH AF_ECONET AF_ATMSVC AF_RDS AF_SNA AF_IRDA AF_PPPOX
    AF_WANPIPE AF_LLC AF_IB AF_MPLS AF_CAN AF_TIPC AF_BLUETOOTH AF_IUCV AF_RXRPC AF_ISDN AF_PHONET AF_IEEE802154 AF_CAIF
    AF_ALG AF_NFC AF_VSOCK AF_XDP
};

const TYPES: Table = constants! { libc: SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP };

const IP_PROTOCOLS: Table = constants! { libc:
    IPPROTO_IP IPPROTO_ICMP IPPROTO_IGMP IPPROTO_IPIP IPPROTO_TCP IPPROTO_EGP IPPROTO_PUP IPPROTO_UDP IPPROTO_IDP
    IPPROTO_TP IPPROTO_DCCP IPPROTO_IPV6 IPPROTO_RSVP IPPROTO_GRE IPPROTO_ESP IPPROTO_AH IPPROTO_ICMPV6 IPPROTO_MTP
    IPPROTO_BEETPH IPPROTO_ENCAP IPPROTO_PIM IPPROTO_COMP IPPROTO_SCTP IPPROTO_UDPLITE IPPROTO_MPLS IPPROTO_RAW
    IPPROTO_MPTCP
};

const NETLINK_PROTOCOLS: Table = constants! { libc:
    NETLINK_ROUTE NETLINK_UNUSED NETLINK_USERSOCK NETLINK_FIREWALL NETLINK_INET_DIAG NETLINK_NFLOG NETLINK_XFRM
    NETLINK_SELINUX NETLINK_ISCSI NETLINK_AUDIT NETLINK_FIB_LOOKUP NETLINK_CONNECTOR NETLINK_NETFILTER NETLINK_IP6_FW
    NETLINK_DNRTMSG NETLINK_KOBJECT_UEVENT NETLINK_GENERIC NETLINK_SCSITRANSPORT NETLINK_ECRYPTFS NETLINK_RDMA
    NETLINK_CRYPTO
};

/// Those that are asked for, as the registry of DNS parameters has them: no header of the system does.
const DNS_TYPES: Table = &[
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("SOA", 6),
    ("PTR", 12),
    ("HINFO", 13),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
    ("LOC", 29),
    ("SRV", 33),
    ("NAPTR", 35),
    ("DNAME", 39),
    ("OPT", 41),
    ("DS", 43),
    ("SSHFP", 44),
    ("RRSIG", 46),
    ("NSEC", 47),
    ("DNSKEY", 48),
    ("NSEC3", 50),
    ("TLSA", 52),
    ("OPENPGPKEY", 61),
    ("SVCB", 64),
    ("HTTPS", 65),
    ("IXFR", 251),
    ("AXFR", 252),
    ("ANY", 255),
    ("URI", 256),
    ("CAA", 257),
];

/// An `AF_*`.
pub(in super::super) fn socket_family(number: u64) -> OneOf {
    one_of(FAMILIES, number)
}

/// A `SOCK_*`.
pub(in super::super) fn socket_type(number: u64) -> OneOf {
    one_of(TYPES, number)
}

/// A protocol of this family.
pub(in super::super) fn protocol(number: u64, family: Option<u64>) -> OneOf {
    const INET: u64 = libc::AF_INET as u64;
    const INET6: u64 = libc::AF_INET6 as u64;
    const NETLINK: u64 = libc::AF_NETLINK as u64;
    match family {
        Some(INET | INET6) => one_of(IP_PROTOCOLS, number),
        Some(NETLINK) => one_of(NETLINK_PROTOCOLS, number),
        _ => one_of(&[], number),
    }
}

/// The type of a resource record; one without a name is written as DNS itself writes it.
pub(in super::super) fn dns_type(number: u64) -> OneOf {
    let known = one_of(DNS_TYPES, number);
    if known.name().is_some() { known } else { OneOf::made(number.cast_signed(), format!("TYPE{number}")) }
}
