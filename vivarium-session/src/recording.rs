//! Sessions in files, to be rendered again without privileges, at another time, on another machine.
//!
//! `docs/recording.md` describes the format. A recording holds the records as they arrived, so that reading it goes the same
//! way as observing: [`replay`] feeds them to a [`Session`](crate::session::Session).

mod error;
mod frame;
mod reader;
mod replay;
mod writer;

pub use error::RecordingError;
pub use reader::{End, Entry, Reader};
pub use replay::{Replay, replay, replay_as};
pub use writer::Writer;

/// The first bytes of a recording. What mangles line ends mangles it, so that it is noticed.
pub const MAGIC: [u8; 8] = *b"\x89VIV\r\n\x1a\n";

/// The version of the format: it changes when a reader of the last one would misunderstand this one.
pub const VERSION: u32 = 1;
