//! What the daemon says.

use serde::{Deserialize, Serialize};
use vivarium_session::accounting::KernelCounts;
use vivarium_session::record::{Pid, Time};
use vivarium_session::session::{Conclusion, SessionInfo, SiteInfo, Switched};

use super::frame::{Frame, Malformed, Tag};
use super::refusal::Refusal;
use super::request::{Hello, token};
use super::sessions::{SessionEntry, Shown};

/// The most sites that one frame tells of.
const SITES_PER_FRAME: usize = 256;

/// What the daemon says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Message {
    /// Its first words.
    Hello(Hello),
    /// The session has begun.
    Started(Box<Welcome>),
    /// More is observed.
    Added(Added),
    /// These sites are attached to.
    Sites(Vec<SiteInfo>),
    /// The bytes of a record.
    Record(Vec<u8>),
    /// What was counted up to a moment.
    Counted(Time, KernelCounts),
    /// Sites of the session are off or on from here on.
    Switched(Switched),
    /// The sessions that were asked for.
    Listed(Vec<SessionEntry>),
    /// The session that was asked for, or whose sites were switched.
    Shown(Box<Shown>),
    /// Everything has been told that happened until this number was asked about.
    Synced(u64),
    /// The session is over.
    Done(Box<Conclusion>),
    /// It will not be.
    Refused(Refusal),
}

/// What is known when a session has begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// The number of the session.
    #[serde(default)]
    pub session: u64,
    /// What is known of the session; its command is for the client to say.
    pub info: SessionInfo,
    /// How it came to be observed.
    pub added: Added,
}

/// What became of targets.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Added {
    /// The processes that are observed by it, those first that were asked for, as the initial namespace numbers them.
    pub processes: Vec<Pid>,
    /// What could not be observed, each with why.
    #[serde(default)]
    pub refused: Vec<Refusal>,
}

impl Message {
    /// Appends it as a frame, or several.
    ///
    /// # Errors
    /// When it is longer than a frame may be.
    pub fn write(&self, output: &mut Vec<u8>) -> Result<(), Malformed> {
        let (tag, content) = match self {
            Self::Hello(hello) => (Tag::Hello, hello.content()),
            Self::Started(welcome) => (Tag::Started, serde_json::to_vec(welcome)?),
            Self::Added(added) => (Tag::Added, serde_json::to_vec(added)?),
            Self::Sites(sites) => return write_sites(sites, output),
            Self::Record(raw) => return Self::write_record(raw, output),
            Self::Counted(time, counts) => (Tag::Counted, serde_json::to_vec(&(time, counts))?),
            Self::Switched(switched) => (Tag::Switched, serde_json::to_vec(switched)?),
            Self::Listed(sessions) => (Tag::Listed, serde_json::to_vec(sessions)?),
            Self::Shown(shown) => (Tag::Shown, serde_json::to_vec(shown)?),
            Self::Synced(token) => (Tag::Synced, token.to_le_bytes().to_vec()),
            Self::Done(conclusion) => (Tag::Done, serde_json::to_vec(conclusion)?),
            Self::Refused(refusal) => (Tag::Refused, serde_json::to_vec(refusal)?),
        };
        Frame { tag, content: &content }.write(output)
    }

    /// Appends the frame of a record.
    ///
    /// # Errors
    /// When it is longer than any record.
    pub fn write_record(raw: &[u8], output: &mut Vec<u8>) -> Result<(), Malformed> {
        Frame { tag: Tag::Record, content: raw }.write(output)
    }

    pub(crate) fn read(frame: &Frame<'_>) -> Result<Self, Malformed> {
        let content = frame.content;
        Ok(match frame.tag {
            Tag::Hello => Self::Hello(Hello::read(content)?),
            Tag::Started => Self::Started(serde_json::from_slice(content)?),
            Tag::Added => Self::Added(serde_json::from_slice(content)?),
            Tag::Sites => Self::Sites(serde_json::from_slice(content)?),
            Tag::Record => Self::Record(content.to_vec()),
            Tag::Counted => {
                let (time, counts) = serde_json::from_slice(content)?;
                Self::Counted(time, counts)
            }
            Tag::Switched => Self::Switched(serde_json::from_slice(content)?),
            Tag::Listed => Self::Listed(serde_json::from_slice(content)?),
            Tag::Shown => Self::Shown(serde_json::from_slice(content)?),
            Tag::Synced => Self::Synced(token(content)?),
            Tag::Done => Self::Done(serde_json::from_slice(content)?),
            Tag::Refused => Self::Refused(serde_json::from_slice(content)?),
            _ => return Err(Malformed::Misplaced),
        })
    }
}

/// As many frames as it takes: a site whose names are as long as a frame is told of alone, or not at all.
fn write_sites(sites: &[SiteInfo], output: &mut Vec<u8>) -> Result<(), Malformed> {
    for part in sites.chunks(SITES_PER_FRAME) {
        let content = serde_json::to_vec(part)?;
        match (Frame { tag: Tag::Sites, content: &content }.write(output), part.len()) {
            (Ok(()), _) => {}
            (Err(error), 1) => return Err(error),
            (Err(_), count) => {
                let (one, other) = part.split_at(count / 2);
                write_sites(one, output)?;
                write_sites(other, output)?;
            }
        }
    }
    Ok(())
}
