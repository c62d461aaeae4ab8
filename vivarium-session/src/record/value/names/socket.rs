//! Sockets, and what goes through them.

use super::{OneOf, Table, constants, name_of, one_of};

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

const PACKET_PROTOCOLS: Table = constants! { libc:
    ETH_P_LOOP ETH_P_PUP ETH_P_IP ETH_P_X25 ETH_P_ARP ETH_P_BPQ ETH_P_BATMAN ETH_P_TEB ETH_P_RARP ETH_P_ATALK ETH_P_AARP
    ETH_P_8021Q ETH_P_IPX ETH_P_IPV6 ETH_P_PAUSE ETH_P_SLOW ETH_P_WCCP ETH_P_MPLS_UC ETH_P_MPLS_MC ETH_P_PPP_DISC
    ETH_P_PPP_SES ETH_P_LINK_CTL ETH_P_PAE ETH_P_AOE ETH_P_8021AD ETH_P_802_EX1 ETH_P_TIPC ETH_P_LLDP ETH_P_MACSEC
    ETH_P_8021AH ETH_P_MVRP ETH_P_1588 ETH_P_PRP ETH_P_FCOE ETH_P_TDLS ETH_P_FIP ETH_P_80221 ETH_P_LOOPBACK ETH_P_QINQ1
    ETH_P_QINQ2 ETH_P_QINQ3 ETH_P_EDSA ETH_P_AF_IUCV ETH_P_802_3 ETH_P_AX25 ETH_P_ALL ETH_P_802_2 ETH_P_SNAP
    ETH_P_LOCALTALK ETH_P_CANFD ETH_P_TR_802_2 ETH_P_CONTROL ETH_P_IRDA ETH_P_HDLC ETH_P_ARCNET ETH_P_DSA ETH_P_TRAILER
    ETH_P_PHONET ETH_P_IEEE802154 ETH_P_CAIF
};

const CAN_PROTOCOLS: Table = constants! { libc:
    CAN_RAW CAN_BCM CAN_TP16 CAN_TP20 CAN_MCNET CAN_ISOTP CAN_J1939
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
    const PACKET: u64 = libc::AF_PACKET as u64;
    const CAN: u64 = libc::AF_CAN as u64;
    match family {
        Some(INET | INET6) => one_of(IP_PROTOCOLS, number),
        Some(NETLINK) => one_of(NETLINK_PROTOCOLS, number),
        Some(PACKET) => packet_protocol(number),
        Some(CAN) => one_of(CAN_PROTOCOLS, number),
        _ => one_of(&[], number),
    }
}

/// A protocol that stands in a frame of a network, which is given with its bytes in the order of the network.
fn packet_protocol(number: u64) -> OneOf {
    let in_frame = u16::try_from(number).map_or(number, |number| u16::from_be(number).into());
    OneOf::new(number.cast_signed(), name_of(PACKET_PROTOCOLS, in_frame))
}

/// The type of a resource record; one without a name is written as DNS itself writes it.
pub(in super::super) fn dns_type(number: u64) -> OneOf {
    let known = one_of(DNS_TYPES, number);
    if known.name().is_some() { known } else { OneOf::made(number.cast_signed(), format!("TYPE{number}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_go_by_the_names_that_their_family_gives_them() {
        let name = |number, family: libc::c_int| protocol(number, Some(family as u64)).to_string();
        assert_eq!(name(6, libc::AF_INET), "IPPROTO_TCP");
        assert_eq!(name(u64::from(0x0003_u16.to_be()), libc::AF_PACKET), "ETH_P_ALL");
        assert_eq!(name(u64::from(0x86dd_u16.to_be()), libc::AF_PACKET), "ETH_P_IPV6");
        assert_eq!(name(0, libc::AF_PACKET), "0");
        assert_eq!(name(1, libc::AF_CAN), "CAN_RAW");
        assert_eq!(protocol(u64::from(0x0003_u16.to_be()), Some(libc::AF_PACKET as u64)).value(), 0x300);
    }
}
