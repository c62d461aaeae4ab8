//! What a client says when it begins an encrypted connection.

use std::fmt;

use serde::{Serialize, Serializer};
use tls_parser::{TlsExtension, parse_tls_client_hello_extensions, parse_tls_handshake_client_hello};

use crate::record::Text;
use crate::text::{Bytes, Escaped};

/// The heads of a record and of a message in it.
const HEADS_BYTES: usize = 9;
/// The length of all extensions, which stands before them.
const LENGTH_BYTES: usize = 2;

/// The extensions of a hello, those that are here. `None` if it isn't one.
fn extensions(hello: &[u8]) -> Option<Vec<TlsExtension<'_>>> {
    let (rest, content) = parse_tls_handshake_client_hello(hello.get(HEADS_BYTES..)?).ok()?;
    // Where some are missing, all of them are left.
    let extensions = content.ext.or_else(|| rest.get(LENGTH_BYTES..)).unwrap_or_default();
    Some(parse_tls_client_hello_extensions(extensions).ok()?.1)
}

/// Whom the client believes to speak to.
pub(super) fn server_name(hello: Text<'_>) -> Option<Text<'_>> {
    extensions(hello.bytes())?.into_iter().find_map(|extension| match extension {
        TlsExtension::SNI(names) => names.first().map(|(_, name)| Text::whole(name)),
        _ => None,
    })
}

/// The protocols that the client offers to speak. `None` where they may be in what is missing of the hello.
pub(super) fn alpn(hello: Text<'_>) -> Option<Names<'_>> {
    let offered = extensions(hello.bytes())?.into_iter().find_map(|extension| match extension {
        TlsExtension::ALPN(names) => Some(names),
        _ => None,
    });
    offered.or_else(|| is_whole(hello.bytes()).then(Vec::new)).map(Names)
}

/// Whether all of the message is here.
fn is_whole(hello: &[u8]) -> bool {
    let Some([.., high, middle, low]) = hello.get(..HEADS_BYTES) else { return false };
    let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
    hello.len() >= HEADS_BYTES + length
}

/// A list of names. In JSON an array of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names<'a>(Vec<&'a [u8]>);

impl Names<'_> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { "," }, Escaped(name))?;
        }
        Ok(())
    }
}

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|name| Bytes(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hello with these extensions.
    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut message = vec![3, 3];
        message.extend([7; 32]);
        message.extend([0, 0, 2, 0x13, 1, 1, 0]);
        message.extend((extensions.len() as u16).to_be_bytes());
        message.extend(extensions);
        let mut record = vec![22, 3, 1];
        record.extend((message.len() as u16 + 4).to_be_bytes());
        record.extend([1, 0]);
        record.extend((message.len() as u16).to_be_bytes());
        record.extend(message);
        record
    }

    const SNI: &[u8] = b"\0\0\0\x10\0\x0e\0\0\x0bexample.com";
    const ALPN: &[u8] = b"\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1";

    fn told(bytes: &[u8]) -> (Option<String>, Option<String>) {
        let text = Text::whole(bytes);
        (server_name(text).map(|name| name.to_string()), alpn(text).map(|names| names.to_string()))
    }

    #[test]
    fn a_hello_names_the_server_and_the_protocols() {
        assert_eq!(told(&hello(&[SNI, ALPN].concat())), (Some("example.com".into()), Some("h2,http/1.1".into())));
        assert_eq!(told(&hello(&[])), (None, Some(String::new())));
    }

    #[test]
    fn of_a_hello_that_was_cut_as_much_is_told_as_is_there() {
        let whole = hello(&[SNI, ALPN].concat());
        assert_eq!(told(&whole[..whole.len() - 3]), (Some("example.com".into()), None));
        for end in 0..whole.len() {
            told(&whole[..end]);
        }
    }

    #[test]
    fn what_is_none_tells_nothing() {
        assert_eq!(told(b"\x16\x03\x01\0\x05\x01\0\0\x01\xff"), (None, None));
    }
}
