//! Frames: what both sides send.
//!
//! ```text
//! tag       4 bytes of ASCII
//! length    u32, little endian
//! content   so many bytes
//! ```

/// The bytes before the content.
pub(crate) const HEAD_BYTES: usize = 8;

/// Defines [`Tag`], so that names and limits stand in one place.
macro_rules! tags {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $limit:expr;)+) => {
        /// What a frame is about.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Tag {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Tag {
            /// Every tag.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is sent.
            pub(crate) const fn name(self) -> [u8; 4] {
                match self {
                    $(Self::$variant => *$name,)+
                }
            }

            /// The most bytes that its content has.
            pub(crate) const fn limit(self) -> usize {
                match self {
                    $(Self::$variant => $limit,)+
                }
            }

            fn of(name: [u8; 4]) -> Option<Self> {
                match &name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

tags! {
    /// The version that someone speaks: the first frame of a client, and of a daemon that speaks the same. The same in every version.
    Hello = b"HELO", 256;
    /// What is to be observed.
    Start = b"STRT", 16 << 10;
    /// More of it.
    Add = b"ADDT", 16 << 10;
    /// How far has everything been told?
    Sync = b"SYNC", 8;
    /// It is enough.
    Stop = b"STOP", 0;
    /// Which sessions are there?
    List = b"LIST", 64;
    /// What is known of one?
    Show = b"SHOW", 8;
    /// Sites are to be switched off or on.
    Switch = b"SWCH", 256 << 10;
    /// The session has begun.
    Started = b"BEGN", 1 << 20;
    /// More is observed, or not.
    Added = b"ADDD", 64 << 10;
    /// Sites that later records name.
    Sites = b"SITE", 1 << 20;
    /// Sites are off or on from here on.
    Switched = b"SWIT", 256 << 10;
    /// The sessions.
    Listed = b"LSTD", 4 << 20;
    /// One session.
    Shown = b"SHWN", 4 << 20;
    /// A record, as it was in the ring.
    Record = b"RECD", vivarium_sys::wire::MAX_RECORD_BYTES + 8;
    /// What was counted up to a moment.
    Counted = b"CNTD", 1 << 20;
    /// Everything until then has been told.
    Synced = b"SYND", 8;
    /// The session is over.
    Done = b"DONE", 4 << 20;
    /// It is refused.
    Refused = b"ERRO", 16 << 10;
}

/// The other side sends what makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// There is no such frame.
    #[error("a frame of an unknown kind")]
    UnknownTag([u8; 4]),
    /// It has more bytes than any of its kind.
    #[error("a frame of {length} bytes, where {limit} are the most")]
    TooLong {
        /// How many it would have.
        length: u32,
        /// How many it may have.
        limit: usize,
    },
    /// Its content is not what it should be.
    #[error("a frame whose content cannot be read: {0}")]
    Content(String),
    /// It asks for a kind of event that this version doesn't know.
    #[error("there is no kind of event {0:?}")]
    UnknownKind(String),
    /// It is not for this side, or not now.
    #[error("a frame that has no place here")]
    Misplaced,
}

impl From<serde_json::Error> for Malformed {
    fn from(error: serde_json::Error) -> Self {
        Self::Content(error.to_string())
    }
}

/// One frame among bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'b> {
    pub(crate) tag: Tag,
    pub(crate) content: &'b [u8],
}

impl<'b> Frame<'b> {
    /// The frame that these bytes begin with, if all of it is there.
    pub(crate) fn first(bytes: &'b [u8]) -> Result<Option<Self>, Malformed> {
        let Some((name, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        // Judged by what is there, so that nonsense is not waited for.
        let tag = Tag::of(*name).ok_or(Malformed::UnknownTag(*name))?;
        let Some((length, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length);
        match usize::try_from(length) {
            Ok(bytes) if bytes <= tag.limit() => Ok(rest.get(..bytes).map(|content| Self { tag, content })),
            _ => Err(Malformed::TooLong { length, limit: tag.limit() }),
        }
    }

    /// How many bytes it has with its head.
    pub(crate) const fn bytes(&self) -> usize {
        HEAD_BYTES + self.content.len()
    }

    /// Appends it; one that is too long is not sent.
    pub(crate) fn write(self, output: &mut Vec<u8>) -> Result<(), Malformed> {
        let (length, limit) = (self.content.len(), self.tag.limit());
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.content.len() > limit {
            return Err(Malformed::TooLong { length, limit });
        }
        output.extend_from_slice(&self.tag.name());
        output.extend_from_slice(&length.to_le_bytes());
        output.extend_from_slice(self.content);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        for tag in Tag::ALL {
            let content = vec![7; tag.limit().min(5)];
            let mut bytes = Vec::new();
            Frame { tag: *tag, content: &content }.write(&mut bytes).unwrap();
            bytes.push(0);
            let read = Frame::first(&bytes).unwrap().unwrap();
            assert_eq!((read.tag, read.content), (*tag, content.as_slice()));
            assert_eq!(read.bytes(), bytes.len() - 1);
            for cut in 0..bytes.len() - 1 {
                assert!(matches!(Frame::first(&bytes[..cut]), Ok(None)), "{tag:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_is_too_long_is_refused_before_it_is_there() {
        let mut bytes = Tag::Start.name().to_vec();
        bytes.extend_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Frame::first(&bytes), Err(Malformed::TooLong { length: u32::MAX, .. })));
        let content = vec![0; Tag::Start.limit() + 1];
        assert!(Frame { tag: Tag::Start, content: &content }.write(&mut Vec::new()).is_err());
    }

    #[test]
    fn an_unknown_kind_is_refused_by_its_name_alone() {
        assert_eq!(Frame::first(b"GET ").unwrap_err(), Malformed::UnknownTag(*b"GET "));
    }
}
