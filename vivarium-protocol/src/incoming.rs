//! Bytes that arrive, taken apart into what they say.

use std::io::{self, ErrorKind, Read};

use super::frame::{Frame, HEAD_BYTES, Malformed, Tag};
use super::message::Message;
use super::request::Request;

/// How much is read at once.
const ROOM: usize = 64 << 10;

/// What can be read from frames.
pub trait Receiver: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When it is nothing of the kind.
    #[doc(hidden)]
    fn from_bytes(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed>;
}

impl Receiver for Request {
    fn from_bytes(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        read(bytes, Self::read)
    }
}

impl Receiver for Message {
    fn from_bytes(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        read(bytes, Self::read)
    }
}

fn read<T>(bytes: &[u8], read: fn(&Frame<'_>) -> Result<T, Malformed>) -> Result<Option<(T, usize)>, Malformed> {
    let Some(frame) = Frame::first(bytes)? else { return Ok(None) };
    Ok(Some((read(&frame)?, frame.bytes())))
}

/// Bytes that have arrived and were not read yet. It never holds more than a frame and what one read gives.
///
/// ```
/// use vivarium_protocol::{Incoming, Request};
/// let mut bytes = Vec::new();
/// Request::Sync(7).write(&mut bytes)?;
/// let mut incoming = Incoming::default();
/// for byte in bytes {
///     assert!(incoming.take::<Request>()?.is_none(), "it is not all there yet");
///     incoming.push(&[byte]);
/// }
/// assert!(matches!(incoming.take()?, Some(Request::Sync(7))));
/// # Ok::<(), vivarium_protocol::Malformed>(())
/// ```
#[derive(Debug, Default)]
pub struct Incoming {
    bytes: Vec<u8>,
    /// How many of them were read.
    read: usize,
}

impl Incoming {
    /// Takes what there is; zero bytes are the end.
    ///
    /// # Errors
    /// When there is nothing now, or it cannot be read.
    pub fn fill(&mut self, input: &mut impl Read) -> io::Result<usize> {
        self.tidy();
        let held = self.bytes.len();
        self.bytes.resize(held + ROOM, 0);
        let count = loop {
            match input.read(&mut self.bytes[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                count => break count,
            }
        };
        self.bytes.truncate(held + *count.as_ref().unwrap_or(&0));
        count
    }

    /// Takes these bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.tidy();
        self.bytes.extend_from_slice(bytes);
    }

    /// The next thing that was said, if all of it is there.
    ///
    /// # Errors
    /// When it makes no sense; nothing after that does.
    pub fn take<T: Receiver>(&mut self) -> Result<Option<T>, Malformed> {
        let Some((said, bytes)) = T::from_bytes(&self.bytes[self.read..])? else { return Ok(None) };
        self.read += bytes;
        Ok(Some(said))
    }

    /// The next record, if that is what comes next and all of it is there; without a copy of it.
    pub(crate) fn next_record(&mut self) -> Option<&[u8]> {
        let frame = Frame::first(&self.bytes[self.read..]).ok().flatten().filter(|frame| frame.tag == Tag::Record)?;
        let (start, end) = (self.read + HEAD_BYTES, self.read + frame.bytes());
        self.read = end;
        Some(&self.bytes[start..end])
    }

    /// Whether the next thing that was said is there, or it is known already that it makes no sense.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        !matches!(Frame::first(&self.bytes[self.read..]), Ok(None))
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == self.read
    }

    /// Frees the room of what was read.
    fn tidy(&mut self) {
        self.bytes.drain(..self.read);
        self.read = 0;
        if self.bytes.is_empty() && self.bytes.capacity() > 2 * ROOM {
            self.bytes = Vec::new();
        }
    }
}
