//! A text in a record: bytes, perhaps cut.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::text::{Bytes, Escaped};

/// Bytes that the kernel saw, and how many there were.
///
/// In JSON a whole text is written as [`Bytes`] are; one that was cut is an object of its `text` and its true `length`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Text<'a> {
    bytes: &'a [u8],
    whole: usize,
}

impl<'a> Text<'a> {
    /// A text that was `whole` bytes long, of which these are the first.
    #[must_use]
    pub const fn cut(bytes: &'a [u8], whole: usize) -> Self {
        Self { bytes, whole }
    }

    /// A whole text.
    #[must_use]
    pub const fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, whole: bytes.len() }
    }

    /// What is here of it.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// How many bytes there were.
    #[must_use]
    pub const fn whole_length(self) -> usize {
        self.whole
    }

    /// Whether some of it isn't here.
    #[must_use]
    pub const fn is_cut(self) -> bool {
        self.whole > self.bytes.len()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(self.bytes).fmt(f)?;
        if self.is_cut() {
            write!(f, "… ({} bytes)", self.whole)?;
        }
        Ok(())
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_cut() {
            return Bytes(self.bytes).serialize(serializer);
        }
        // The cut may have gone through a character.
        let kept = match str::from_utf8(self.bytes) {
            Err(error) if error.error_len().is_none() => &self.bytes[..error.valid_up_to()],
            _ => self.bytes,
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("text", &Bytes(kept))?;
        map.serialize_entry("length", &self.whole)?;
        map.end()
    }
}
