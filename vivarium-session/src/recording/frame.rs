//! Frames: what a recording is made of.
//!
//! ```text
//! tag       4 bytes of ASCII
//! length    u32, little endian
//! checksum  u32, little endian: CRC-32 of tag, length and content
//! content   so many bytes
//! ```

use std::io::{self, ErrorKind, Read, Write};

/// What a frame is about. A reader passes over those that it doesn't know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tag([u8; 4]);

impl Tag {
    /// What was known before the first record, as JSON. The first frame.
    pub(super) const SESSION: Self = Self(*b"SESS");
    /// A site, as JSON. Before the first record that names it.
    pub(super) const SITE: Self = Self(*b"SITE");
    /// A record, as it was in the ring.
    pub(super) const RECORD: Self = Self(*b"RECD");
    /// Sites that are switched off or on, as JSON.
    pub(super) const SWITCHED: Self = Self(*b"SWIT");
    /// How the session ended, as JSON. The last frame.
    pub(super) const DONE: Self = Self(*b"DONE");
}

/// The most bytes that a frame holds. A command line can be a few megabytes.
const MAX_BYTES: u32 = 64 << 20;

/// One frame.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) tag: Tag,
    pub(super) content: Vec<u8>,
}

/// What stands at a place in the file where a frame could begin.
#[derive(Debug)]
pub(super) enum Next {
    Frame(Frame),
    /// The file ends here.
    End,
    /// The file ends within the frame.
    CutShort,
    /// The checksum doesn't fit.
    Damaged,
}

/// Writes a frame.
pub(super) fn write(output: &mut impl Write, tag: Tag, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).ok().filter(|length| *length <= MAX_BYTES);
    let length = length.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "too much for one frame"))?;
    output.write_all(&tag.0)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(&checksum(tag, length, content).to_le_bytes())?;
    output.write_all(content)
}

/// Reads the next frame.
pub(super) fn read(input: &mut impl Read) -> io::Result<Next> {
    let mut head = [0; 12];
    match fill(input, &mut head)? {
        0 => return Ok(Next::End),
        12 => {}
        _ => return Ok(Next::CutShort),
    }
    let [tag, length, expected] = [0, 4, 8].map(|at| std::array::from_fn(|index| head[at + index]));
    let (tag, length, expected) = (Tag(tag), u32::from_le_bytes(length), u32::from_le_bytes(expected));
    if length > MAX_BYTES {
        return Ok(Next::Damaged);
    }
    let mut content = Vec::new();
    // Grows with what is there, whatever the length claims.
    input.take(length.into()).read_to_end(&mut content)?;
    Ok(if content.len() < length as usize {
        Next::CutShort
    } else if checksum(tag, length, &content) == expected {
        Next::Frame(Frame { tag, content })
    } else {
        Next::Damaged
    })
}

/// Reads as much as there is, up to the whole buffer.
pub(super) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn checksum(tag: Tag, length: u32, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&tag.0);
    hasher.update(&length.to_le_bytes());
    hasher.update(content);
    hasher.finalize()
}
