//! A name that a name server is asked for.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::record::Text;
use crate::text::{Bytes, Escaped};

/// The labels of a name as DNS sends them, each after its length. What isn't all labels counts as cut.
///
/// People and JSON see it with dots between the labels. A dot or a backslash in a label has a backslash before it, as in the
/// files of name servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsName<'a>(pub Text<'a>);

impl<'a> DnsName<'a> {
    /// The labels, and whether they are all of it.
    fn labels(self) -> (Vec<&'a [u8]>, bool) {
        let mut labels = Vec::new();
        let mut rest = self.0.bytes();
        while let Some((length, after)) = rest.split_first() {
            let Some((label, after)) = after.split_at_checked(usize::from(*length)) else { return (labels, false) };
            labels.push(label);
            rest = after;
        }
        (labels, !self.0.is_cut())
    }

    /// As it is written, and whether it is all of it.
    fn written(self) -> (Vec<u8>, bool) {
        let (labels, is_whole) = self.labels();
        let mut written = Vec::new();
        for label in &labels {
            if !written.is_empty() {
                written.push(b'.');
            }
            for byte in *label {
                if matches!(byte, b'.' | b'\\') {
                    written.push(b'\\');
                }
                written.push(*byte);
            }
        }
        if labels.is_empty() && is_whole {
            written.push(b'.');
        }
        (written, is_whole)
    }
}

impl fmt::Display for DnsName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (written, is_whole) = self.written();
        Escaped(&written).fmt(f)?;
        f.write_str(if is_whole { "" } else { "…" })
    }
}

/// As a text is written, which has its length in DNS where it was cut.
impl Serialize for DnsName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (written, is_whole) = self.written();
        if is_whole {
            return Bytes(&written).serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("text", &Bytes(&written))?;
        map.serialize_entry("length", &self.0.whole_length())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: Text<'_>) -> (String, String) {
        (DnsName(name).to_string(), serde_json::to_string(&DnsName(name)).expect("JSON"))
    }

    #[test]
    fn labels_have_dots_between_them() {
        assert_eq!(shown(Text::whole(b"\x07example\x03com")), ("example.com".into(), r#""example.com""#.into()));
        assert_eq!(shown(Text::whole(b"")).0, ".");
        assert_eq!(shown(Text::whole(b"\x04a.b\\\x01c")).0, r"a\\.b\\\\.c");
    }

    #[test]
    fn what_is_no_name_is_shown_as_far_as_it_is_one() {
        let pointer = shown(Text::cut(b"\x03www", 5));
        assert_eq!(pointer, ("www…".into(), r#"{"text":"www","length":5}"#.into()));
        assert_eq!(shown(Text::whole(b"\x01a\xff\xff")).0, "a…");
        assert_eq!(shown(Text::whole(b"\x02\x1b\xff")).1, "[27,255]");
    }
}
