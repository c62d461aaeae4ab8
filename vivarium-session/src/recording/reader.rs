//! Reading a recording.

use std::io::{BufReader, Read};

use super::frame::{self, Next, Tag};
use super::{MAGIC, RecordingError, VERSION};
use crate::session::{Conclusion, SessionInfo, SiteInfo, Switched};

/// A recording, read from its beginning to its end.
#[derive(Debug)]
pub struct Reader<R> {
    input: BufReader<R>,
    info: SessionInfo,
}

/// One thing in a recording.
#[derive(Debug)]
#[non_exhaustive]
pub enum Entry {
    /// A site that the records after it name.
    Site(SiteInfo),
    /// Sites that are switched off or on.
    Switched(Switched),
    /// The bytes of a record.
    Record(Vec<u8>),
    /// There is no more.
    End(End),
}

/// How a recording ends.
#[derive(Debug)]
pub enum End {
    /// With the end of the session.
    Whole(Box<Conclusion>),
    /// Before the session did.
    CutShort,
    /// With bytes that are not what was written.
    Damaged,
}

impl<R: Read> Reader<R> {
    /// Reads the beginning.
    ///
    /// # Errors
    /// It is no recording that this version reads, or nothing of it is left.
    pub fn new(input: R) -> Result<Self, RecordingError> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut start = [0; MAGIC.len() + size_of::<u32>()];
        let filled = frame::fill(&mut input, &mut start)?;
        let (magic, version) = start.split_at(MAGIC.len());
        let seen = filled.min(MAGIC.len());
        if seen == 0 || magic[..seen] != MAGIC[..seen] {
            return Err(RecordingError::NotARecording);
        }
        if filled < start.len() {
            return Err(RecordingError::Nothing);
        }
        match version.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) {
            Some(VERSION) => {}
            Some(version) if version > VERSION => return Err(RecordingError::Newer { version }),
            _ => return Err(RecordingError::NotARecording),
        }
        match frame::read(&mut input)? {
            Next::Frame(frame) if frame.tag == Tag::SESSION => {
                Ok(Self { info: serde_json::from_slice(&frame.content)?, input })
            }
            _ => Err(RecordingError::Nothing),
        }
    }

    /// What was known of the session before its first record.
    #[must_use]
    pub fn info(&self) -> &SessionInfo {
        &self.info
    }

    /// Reads on. After the end there is nothing to read.
    ///
    /// # Errors
    /// The file cannot be read, or holds a site or an end that means nothing to this version.
    pub fn read(&mut self) -> Result<Entry, RecordingError> {
        loop {
            let frame = match frame::read(&mut self.input)? {
                Next::Frame(frame) => frame,
                Next::End | Next::CutShort => return Ok(Entry::End(End::CutShort)),
                Next::Damaged => return Ok(Entry::End(End::Damaged)),
            };
            match frame.tag {
                Tag::SITE => return Ok(Entry::Site(serde_json::from_slice(&frame.content)?)),
                Tag::SWITCHED => return Ok(Entry::Switched(serde_json::from_slice(&frame.content)?)),
                Tag::RECORD => return Ok(Entry::Record(frame.content)),
                Tag::DONE => return Ok(Entry::End(End::Whole(serde_json::from_slice(&frame.content)?))),
                _ => {}
            }
        }
    }
}
