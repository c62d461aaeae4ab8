//! Bytes made safe for a terminal, and still unambiguous.

use std::fmt::{self, Write};

/// Shows bytes without anything that a terminal would obey or that would deceive a reader.
///
/// Control characters, invisible ones and those that turn the direction of writing come as `\n` or `\u{1b}`, bytes that
/// aren't UTF-8 as `\xff`, and a backslash as `\\`, so that different bytes always look different.
///
/// ```
/// use vivarium_session::text::Escaped;
/// assert_eq!(Escaped(b"src/main.rs").to_string(), "src/main.rs");
/// assert_eq!(Escaped("Größe\t\u{202e}".as_bytes()).to_string(), r"Größe\t\u{202e}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '\'' | '"' => f.write_char(character)?,
                    _ => write!(f, "{}", character.escape_debug())?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_through() {
        for byte in 0..=u8::MAX {
            let shown = Escaped(&[b'a', byte, b'z']).to_string();
            assert!(shown.chars().all(|c| !c.is_control()), "{byte:#x} is shown as {shown:?}");
        }
        // The controls above ASCII, among them one that begins a terminal command as ESC [ does.
        for control in '\u{80}'..='\u{9f}' {
            let shown = Escaped(control.to_string().as_bytes()).to_string();
            assert!(shown.is_ascii(), "{control:?} is shown as {shown:?}");
        }
    }

    #[test]
    fn different_bytes_look_different() {
        assert_ne!(Escaped(b"\n").to_string(), Escaped(b"\\n").to_string());
        assert_ne!(Escaped(b"\xff").to_string(), Escaped(b"\\xff").to_string());
        assert_ne!(Escaped("\u{200b}".as_bytes()).to_string(), Escaped(b"").to_string());
    }

    #[test]
    fn what_people_write_stays_readable() {
        for text in ["it's \"quoted\" {braces}", "naïve 日本語 🦀", "<T as Trait>::call", " spaces  stay "] {
            assert_eq!(Escaped(text.as_bytes()).to_string(), text);
        }
    }
}
