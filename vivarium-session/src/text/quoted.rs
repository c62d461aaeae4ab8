//! Bytes between quotes, for texts in a list.

use std::fmt::{self, Write};

use super::Escaped;

/// Shows bytes as [`Escaped`] does, between double quotes.
///
/// ```
/// use vivarium_session::text::Quoted;
/// assert_eq!(Quoted(br#"say "hi""#).to_string(), r#""say \"hi\"""#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for (index, part) in self.0.split(|byte| *byte == b'"').enumerate() {
            if index > 0 {
                f.write_str("\\\"")?;
            }
            Escaped(part).fmt(f)?;
        }
        f.write_char('"')
    }
}
