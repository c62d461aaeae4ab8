//! The arguments of a program.

use std::fmt;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::record::Text;
use crate::text::Quoted;

/// Texts that are each ended by a zero byte; in JSON an array of texts. Where they were cut, the last may be a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arguments<'a>(pub Text<'a>);

impl<'a> Arguments<'a> {
    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = Text<'a>> {
        let Self(all) = self;
        let mut parts = all.bytes().split_inclusive(|byte| *byte == 0).peekable();
        std::iter::from_fn(move || {
            let part = parts.next()?;
            Some(match part.split_last() {
                Some((0, text)) => Text::whole(text),
                // Of how much more there was only the sum is known.
                _ if all.is_cut() => Text::cut(part, part.len() + all.whole_length() - all.bytes().len()),
                _ => Text::whole(part),
            })
        })
    }

    /// Whether some of them aren't here.
    #[must_use]
    pub const fn is_cut(self) -> bool {
        self.0.is_cut()
    }
}

impl fmt::Display for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, argument) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            Quoted(argument.bytes()).fmt(f)?;
        }
        f.write_str(if self.is_cut() { "…]" } else { "]" })
    }
}

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for argument in self.iter() {
            seq.serialize_element(&argument)?;
        }
        seq.end()
    }
}
