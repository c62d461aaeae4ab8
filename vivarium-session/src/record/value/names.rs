//! The names of the kernel's numbers. They come from the crates `libc` and `nix`; a name that is listed here is the name of a
//! constant there, and the compiler checks that it exists.

use std::cmp::Reverse;
use std::sync::LazyLock;

use nix::fcntl::OFlag;
use nix::sched::CloneFlags;
use nix::sys::signal::Signal;
use vivarium_sys::event::TaskKind;

use super::{Bits, OneOf};

/// A table of names and numbers: the constants of `libc` with these names.
macro_rules! constants {
    ($($name:ident)+) => { &[$((stringify!($name), libc::$name as u64)),+] };
}

/// Names and their numbers.
type Table = &'static [(&'static str, u64)];

const FAMILIES: Table = constants! {
    AF_UNSPEC AF_UNIX AF_INET AF_AX25 AF_IPX AF_APPLETALK AF_NETROM AF_BRIDGE AF_ATMPVC AF_X25 AF_INET6 AF_ROSE AF_DECnet
    AF_NETBEUI AF_SECURITY AF_KEY AF_NETLINK AF_PACKET AF_ASH AF_ECONET AF_ATMSVC AF_RDS AF_SNA AF_IRDA AF_PPPOX
    AF_WANPIPE AF_LLC AF_IB AF_MPLS AF_CAN AF_TIPC AF_BLUETOOTH AF_IUCV AF_RXRPC AF_ISDN AF_PHONET AF_IEEE802154 AF_CAIF
    AF_ALG AF_NFC AF_VSOCK AF_XDP
};

const TYPES: Table = constants! { SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP };

const IP_PROTOCOLS: Table = constants! {
    IPPROTO_IP IPPROTO_ICMP IPPROTO_IGMP IPPROTO_IPIP IPPROTO_TCP IPPROTO_EGP IPPROTO_PUP IPPROTO_UDP IPPROTO_IDP
    IPPROTO_TP IPPROTO_DCCP IPPROTO_IPV6 IPPROTO_RSVP IPPROTO_GRE IPPROTO_ESP IPPROTO_AH IPPROTO_ICMPV6 IPPROTO_MTP
    IPPROTO_BEETPH IPPROTO_ENCAP IPPROTO_PIM IPPROTO_COMP IPPROTO_SCTP IPPROTO_UDPLITE IPPROTO_MPLS IPPROTO_RAW
    IPPROTO_MPTCP
};

const NETLINK_PROTOCOLS: Table = constants! {
    NETLINK_ROUTE NETLINK_UNUSED NETLINK_USERSOCK NETLINK_FIREWALL NETLINK_INET_DIAG NETLINK_NFLOG NETLINK_XFRM
    NETLINK_SELINUX NETLINK_ISCSI NETLINK_AUDIT NETLINK_FIB_LOOKUP NETLINK_CONNECTOR NETLINK_NETFILTER NETLINK_IP6_FW
    NETLINK_DNRTMSG NETLINK_KOBJECT_UEVENT NETLINK_GENERIC NETLINK_SCSITRANSPORT NETLINK_ECRYPTFS NETLINK_RDMA
    NETLINK_CRYPTO
};

const RENAMES: Table = constants! { RENAME_NOREPLACE RENAME_EXCHANGE RENAME_WHITEOUT };

fn one_of(table: Table, number: u64) -> OneOf {
    let name = table.iter().find(|(_, value)| *value == number).map(|(name, _)| *name);
    OneOf::new(number.cast_signed(), name)
}

/// An `AF_*`.
pub(super) fn socket_family(number: u64) -> OneOf {
    one_of(FAMILIES, number)
}

/// A `SOCK_*`.
pub(super) fn socket_type(number: u64) -> OneOf {
    one_of(TYPES, number)
}

/// A protocol of this family.
pub(super) fn protocol(number: u64, family: Option<u64>) -> OneOf {
    const INET: u64 = libc::AF_INET as u64;
    const INET6: u64 = libc::AF_INET6 as u64;
    const NETLINK: u64 = libc::AF_NETLINK as u64;
    match family {
        Some(INET | INET6) => one_of(IP_PROTOCOLS, number),
        Some(NETLINK) => one_of(NETLINK_PROTOCOLS, number),
        _ => one_of(&[], number),
    }
}

/// A process or a thread.
pub(super) fn task_kind(number: u64) -> OneOf {
    one_of(&[("process", TaskKind::Process as u64), ("thread", TaskKind::Thread as u64)], number)
}

/// A signal.
pub(super) fn signal(number: u64) -> OneOf {
    let named = i32::try_from(number).ok().and_then(|signal| Signal::try_from(signal).ok());
    match named {
        Some(signal) => OneOf::new(number.cast_signed(), Some(signal.as_str())),
        // The kernel's first real-time signal: the C library keeps some of them for itself and counts from there.
        None if (32..=64).contains(&number) => OneOf::made(number.cast_signed(), format!("SIGRT{}", number - 32)),
        None => OneOf::new(number.cast_signed(), None),
    }
}

/// The bits of an open, those first that hold others, as `O_TMPFILE` holds `O_DIRECTORY`.
static OPENS: LazyLock<Vec<(&str, u64)>> = LazyLock::new(|| {
    let names = OFlag::all().iter_names().map(|(name, flag)| (name, u64::from(flag.bits().cast_unsigned())));
    let mut table: Vec<_> = names.filter(|(_, bits)| *bits != 0).collect();
    table.sort_by_key(|(_, bits)| Reverse(bits.count_ones()));
    table
});

/// The bits of an open. The access mode is not a bit, and 64-bit kernels set `O_LARGEFILE` in every open.
pub(super) fn open_flags(value: u64) -> Bits {
    const ACCESS: u64 = libc::O_ACCMODE as u64;
    /// The kernel's own, which the C library calls 0 where the kernel sets it anyway.
    const LARGE: u64 = if cfg!(target_arch = "aarch64") { 0o400_000 } else { 0o100_000 };
    let access = match value & ACCESS {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        2 => "O_RDWR",
        _ => "O_ACCMODE",
    };
    named_bits(value, value & !ACCESS & !LARGE, &OPENS, Some(access))
}

/// The bits of a rename.
pub(super) fn rename_flags(value: u64) -> Bits {
    named_bits(value, value, RENAMES, None)
}

static CLONES: LazyLock<Vec<(&str, u64)>> = LazyLock::new(|| {
    CloneFlags::all().iter_names().map(|(name, flag)| (name, u64::from(flag.bits().cast_unsigned()))).collect()
});

/// The bits of a new task. The lowest byte is no bit but the signal that its parent gets.
pub(super) fn clone_flags(value: u64) -> Bits {
    named_bits(value, value & !0xff, &CLONES, None)
}

/// Names the bits `set` of `value`, each bit once.
fn named_bits(value: u64, set: u64, table: &[(&'static str, u64)], first: Option<&'static str>) -> Bits {
    let mut rest = set;
    let mut names: Vec<_> = first.into_iter().collect();
    for &(name, bits) in table {
        if rest & bits == bits {
            names.push(name);
            rest &= !bits;
        }
    }
    Bits::new(value, names, rest)
}
