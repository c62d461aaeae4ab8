//! A text of bounded length that ends in a zero byte, made without allocating.

use core::ffi::CStr;
use core::fmt;

/// What stands at the end of a text that was cut.
const CUT: &str = "…";
/// What stands for a zero byte, which would end the text.
const ZERO: &str = "␀";

/// Holds up to `N` bytes of text, the zero byte at the end among them.
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
    is_cut: bool,
}

impl<const N: usize> Text<N> {
    /// No text.
    pub(super) const fn new() -> Self {
        const { assert!(N > CUT.len()) };
        Self { bytes: [0; N], length: 0, is_cut: false }
    }

    /// What was written, as far as it fits.
    pub(super) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }

    /// Takes `piece` whole, or what fits of it with a mark behind, and then nothing any more.
    fn take(&mut self, piece: &str) {
        if self.is_cut {
            return;
        }
        let room = N - 1 - CUT.len() - self.length;
        if piece.len() <= room {
            self.put(piece);
            return;
        }
        let fits = (0..=room).rev().find(|&at| piece.is_char_boundary(at)).unwrap_or_default();
        self.put(&piece[..fits]);
        self.put(CUT);
        self.is_cut = true;
    }

    fn put(&mut self, piece: &str) {
        let end = self.length + piece.len();
        self.bytes[self.length..end].copy_from_slice(piece.as_bytes());
        self.length = end;
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find('\0') {
            self.take(&rest[..at]);
            self.take(ZERO);
            rest = &rest[at + 1..];
        }
        self.take(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::Text;

    fn text<const N: usize>(pieces: &[&str]) -> Text<N> {
        let mut text = Text::new();
        for piece in pieces {
            text.write_str(piece).unwrap();
        }
        text
    }

    #[test]
    fn a_text_that_fits_is_kept() {
        assert_eq!(text::<16>(&["one ", "two"]).as_c_str().to_str(), Ok("one two"));
        assert_eq!(text::<16>(&[]).as_c_str().to_str(), Ok(""));
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_marked() {
        assert_eq!(text::<10>(&["abcdefghij"]).as_c_str().to_str(), Ok("abcdef…"));
        assert_eq!(text::<10>(&["abcdeü", "!"]).as_c_str().to_str(), Ok("abcde…"));
        assert_eq!(text::<10>(&["abcdef", "g", "h"]).as_c_str().to_str(), Ok("abcdef…"));
    }

    #[test]
    fn a_zero_byte_does_not_end_the_text() {
        assert_eq!(text::<16>(&["a\0b\0"]).as_c_str().to_str(), Ok("a␀b␀"));
    }
}
