//! The address of a socket.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::names;
use crate::record::Text;
use crate::text::Escaped;

/// A `sockaddr` as the kernel holds it.
///
/// In JSON an object: `ip` and `port`, with the `scope` where it is in one; or `path`, `abstract` or neither for an unnamed Unix socket; or `netlink` with its
/// `groups`; or `bytes`, all of it in hexadecimal, for another family. Each has `family`, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address<'a> {
    /// IPv4 or IPv6.
    Ip(SocketAddr),
    /// A Unix socket with a name in the file system.
    UnixPath(Text<'a>),
    /// A Unix socket with a name outside the file system.
    UnixAbstract(Text<'a>),
    /// A Unix socket without a name.
    UnixUnnamed,
    /// A netlink socket.
    Netlink {
        /// The port id, 0 for the kernel.
        port: u32,
        /// The multicast groups, a bit each.
        groups: u32,
    },
    /// Of another family, or too short for its own.
    Other(Text<'a>),
}

impl<'a> Address<'a> {
    /// Reads the bytes of a `sockaddr`.
    pub(super) fn read(text: Text<'a>) -> Self {
        let family = text.bytes().first_chunk().map(|bytes| i32::from(u16::from_ne_bytes(*bytes)));
        let read = match family {
            Some(libc::AF_INET) => Self::ipv4(text.bytes()),
            Some(libc::AF_INET6) => Self::ipv6(text.bytes()),
            Some(libc::AF_UNIX) => Some(Self::unix(text)),
            Some(libc::AF_NETLINK) => Self::netlink(text.bytes()),
            _ => None,
        };
        read.unwrap_or(Self::Other(text))
    }

    fn ipv4(bytes: &[u8]) -> Option<Self> {
        let port = u16::from_be_bytes(array(bytes, 2)?);
        let ip: [u8; 4] = array(bytes, 4)?;
        Some(Self::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(ip)), port)))
    }

    fn ipv6(bytes: &[u8]) -> Option<Self> {
        let port = u16::from_be_bytes(array(bytes, 2)?);
        let flow = u32::from_be_bytes(array(bytes, 4)?);
        let ip: [u8; 16] = array(bytes, 8)?;
        // The old form of the address, which the kernel still takes, ends here.
        let scope = array(bytes, 24).map_or(0, u32::from_ne_bytes);
        Some(Self::Ip(SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope))))
    }

    fn unix(text: Text<'a>) -> Self {
        let name = &text.bytes()[2..];
        let whole = text.whole_length() - 2;
        match name {
            [] => Self::UnixUnnamed,
            [0, rest @ ..] => Self::UnixAbstract(Text::cut(rest, whole - 1)),
            _ => match name.iter().position(|byte| *byte == 0) {
                Some(end) => Self::UnixPath(Text::whole(&name[..end])),
                None => Self::UnixPath(Text::cut(name, whole)),
            },
        }
    }

    fn netlink(bytes: &[u8]) -> Option<Self> {
        Some(Self::Netlink { port: u32::from_ne_bytes(array(bytes, 4)?), groups: u32::from_ne_bytes(array(bytes, 8)?) })
    }

    /// Whether its text alone tells the family.
    #[must_use]
    pub const fn tells_family(&self) -> bool {
        matches!(self, Self::Ip(_))
    }

    fn family(&self) -> Option<u64> {
        let family = match self {
            Self::Ip(SocketAddr::V4(_)) => libc::AF_INET,
            Self::Ip(SocketAddr::V6(_)) => libc::AF_INET6,
            Self::UnixPath(_) | Self::UnixAbstract(_) | Self::UnixUnnamed => libc::AF_UNIX,
            Self::Netlink { .. } => libc::AF_NETLINK,
            Self::Other(text) => i32::from(u16::from_ne_bytes(array(text.bytes(), 0)?)),
        };
        u64::try_from(family).ok()
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::UnixPath(path) => path.fmt(f),
            Self::UnixAbstract(name) => write!(f, "@{name}"),
            Self::UnixUnnamed => f.write_str("(unnamed)"),
            Self::Netlink { port, groups } => write!(f, "port {port} groups {groups:#x}"),
            Self::Other(text) => match self.family() {
                Some(family) => write!(f, "{} {}", names::socket_family(family), Escaped(&text.bytes()[2..])),
                None => write!(f, "{}", Escaped(text.bytes())),
            },
        }
    }
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("family", &self.family().map(|family| names::socket_family(family).to_string()))?;
        match self {
            Self::Ip(address) => {
                map.serialize_entry("ip", &address.ip())?;
                map.serialize_entry("port", &address.port())?;
                if let SocketAddr::V6(address) = address
                    && address.scope_id() != 0
                {
                    map.serialize_entry("scope", &address.scope_id())?;
                }
            }
            Self::UnixPath(path) => map.serialize_entry("path", path)?,
            Self::UnixAbstract(name) => map.serialize_entry("abstract", name)?,
            Self::UnixUnnamed => {}
            Self::Netlink { port, groups } => {
                map.serialize_entry("netlink", port)?;
                map.serialize_entry("groups", groups)?;
            }
            Self::Other(text) => map.serialize_entry("bytes", &base16ct::lower::encode_string(text.bytes()))?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> (String, String) {
        let address = Address::read(Text::whole(bytes));
        (address.to_string(), serde_json::to_string(&address).expect("JSON"))
    }

    #[test]
    fn ipv6_is_compressed() {
        let mut bytes = vec![10, 0, 0x01, 0xbb, 0, 0, 0, 0];
        bytes.extend(Ipv6Addr::LOCALHOST.octets());
        bytes.extend([0; 4]);
        let (text, json) = shown(&bytes);
        assert_eq!(text, "[::1]:443");
        assert_eq!(json, r#"{"family":"AF_INET6","ip":"::1","port":443}"#);
    }

    #[test]
    fn an_address_of_one_link_tells_which() {
        let mut bytes = vec![10, 0, 0, 9, 0, 0, 0, 0];
        bytes.extend(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1).octets());
        bytes.extend(2_u32.to_ne_bytes());
        let (text, json) = shown(&bytes);
        assert_eq!(text, "[fe80::1%2]:9");
        assert_eq!(json, r#"{"family":"AF_INET6","ip":"fe80::1","port":9,"scope":2}"#);
    }

    #[test]
    fn a_unix_address_has_a_path_an_abstract_name_or_none() {
        assert_eq!(shown(b"\x01\0/run/x\0junk").1, r#"{"family":"AF_UNIX","path":"/run/x"}"#);
        assert_eq!(shown(b"\x01\0\0name").0, "@name");
        assert_eq!(shown(b"\x01\0").1, r#"{"family":"AF_UNIX"}"#);
    }

    #[test]
    fn what_is_too_short_is_shown_as_it_is() {
        assert_eq!(shown(b"\x02\0\x1f").1, r#"{"family":"AF_INET","bytes":"02001f"}"#);
        assert_eq!(shown(b"\x02").1, r#"{"family":null,"bytes":"02"}"#);
    }
}
