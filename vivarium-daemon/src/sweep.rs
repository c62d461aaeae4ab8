//! Many small reads in ascending order, done as few large ones.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How much is read at once: as much as costs no more than a few bytes would.
const WINDOW_BYTES: usize = 4 * 1024;

/// Reads pieces of a file, or of a process through its `mem` file, from lower to higher offsets.
///
/// A file with ten thousand sites is read in a few calls instead of thirty thousand, and never as a whole.
#[derive(Debug)]
pub struct Sweep<'a> {
    file: &'a File,
    start: u64,
    window: Vec<u8>,
}

impl<'a> Sweep<'a> {
    /// Begins to read `file`.
    #[must_use]
    pub fn new(file: &'a File) -> Self {
        Self { file, start: 0, window: Vec::new() }
    }

    /// The `length` bytes at `offset`, or none where the file has no such bytes. Any order of offsets gives the right
    /// answer; an ascending one gives it quickly.
    ///
    /// # Errors
    /// What the file answers, other than that nothing is there.
    pub fn bytes_at(&mut self, offset: u64, length: usize) -> io::Result<Option<&[u8]>> {
        if self.within(offset, length).is_none() {
            self.fill(offset, length)?;
        }
        Ok(self.within(offset, length))
    }

    fn within(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.window.get(from..from.checked_add(length)?)
    }

    /// Reads a window from `offset` on: a whole one, or as much as there is, but `length` at least.
    fn fill(&mut self, offset: u64, length: usize) -> io::Result<()> {
        self.start = offset;
        self.window.resize(length.max(WINDOW_BYTES), 0);
        let mut filled = 0;
        while filled < length {
            match self.file.read_at(&mut self.window[filled..], offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.window.clear();
                    return Err(error);
                }
            }
        }
        self.window.truncate(filled);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Sweep, WINDOW_BYTES};

    #[test]
    fn pieces_are_found_in_every_order_and_across_windows() {
        let bytes: Vec<u8> = (0..3 * WINDOW_BYTES).map(|at| (at / 251) as u8 ^ at as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let mut sweep = Sweep::new(&file);
        let edges = [0, 7, WINDOW_BYTES - 5, WINDOW_BYTES, 2 * WINDOW_BYTES + 1, 3, 3 * WINDOW_BYTES - 11];
        for at in edges {
            assert_eq!(sweep.bytes_at(at as u64, 11).unwrap(), Some(&bytes[at..at + 11]), "at {at}");
        }
    }

    #[test]
    fn what_is_beyond_the_end_is_not_there() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"short").unwrap();
        let mut sweep = Sweep::new(&file);
        assert_eq!(sweep.bytes_at(0, 5).unwrap(), Some(&b"short"[..]));
        assert_eq!(sweep.bytes_at(1, 5).unwrap(), None);
        assert_eq!(sweep.bytes_at(5, 1).unwrap(), None);
        assert_eq!(sweep.bytes_at(1 << 40, 1).unwrap(), None);
    }
}
