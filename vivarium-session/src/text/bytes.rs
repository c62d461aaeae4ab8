//! Bytes in JSON.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// A string where it is UTF-8, else an array of its bytes, as `journalctl --output=json` does: nothing is lost.
///
/// ```
/// use vivarium_session::text::Bytes;
/// assert_eq!(serde_json::to_string(&Bytes(b"plain")).unwrap(), r#""plain""#);
/// assert_eq!(serde_json::to_string(&Bytes(b"a\xff")).unwrap(), "[97,255]");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(self.0.iter()),
        }
    }
}

/// Reads what [`Bytes`] writes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    deserializer.deserialize_any(BytesVisitor)
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of bytes")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.as_bytes().to_vec())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}
