//! A recording that is kept in memory.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// How large a recording may become that is kept in memory.
const LIMIT: usize = 64 << 20;

/// Bytes that are written by one and read by another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    /// What was written.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() + bytes.len() > LIMIT {
            // Half a recording is of less use than none.
            *kept = Vec::new();
            return Err(io::Error::other("more was recorded than is kept in memory"));
        }
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
