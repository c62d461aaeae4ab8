//! Rendering a recording again.

use std::io::Read;

use super::{End, Entry, Reader, RecordingError};
use crate::accounting::Missing;
use crate::filter::Filter;
use crate::record::{Record, Time};
use crate::session::{Brevity, Conclusion, Outcome, Session, SessionInfo, SiteTable};
use crate::sink::Sink;

/// What a recording came to.
#[derive(Debug)]
pub struct Replay {
    /// The session, as it would have been observed.
    pub outcome: Outcome,
    /// How the recording ended.
    pub end: End,
}

/// Feeds a recording to a session that tells these sinks.
///
/// # Errors
/// The recording cannot be read on; what was read of it was told to the sinks, but not that it is over.
pub fn replay<'s>(reader: Reader<impl Read>, sinks: Vec<Box<dyn Sink + 's>>) -> Result<Replay, RecordingError> {
    replay_as(reader, None, Brevity::default(), sinks)
}

/// The same with another filter than that of the session, if one is given, or in fewer words.
///
/// A recording holds every record that arrived, also what its own filter didn't show.
///
/// # Errors
/// As [`replay`].
pub fn replay_as<'s>(
    mut reader: Reader<impl Read>,
    filter: Option<Filter>,
    brevity: Brevity,
    sinks: Vec<Box<dyn Sink + 's>>,
) -> Result<Replay, RecordingError> {
    let mut info = reader.info().clone();
    if let Some(filter) = filter {
        let filter = filter.within(&info.filter);
        let kinds = filter.kinds();
        // Of what the backend couldn't see, what is asked for now.
        info.not_visible.retain(|gap| kinds.iter().any(|kind| kind.name == gap.kind));
        info = SessionInfo { filter, ..info };
    }
    let mut last = info.started.monotonic;
    let mut session = Session::told_briefly(info, SiteTable::new(), sinks, brevity);
    let end = loop {
        match reader.read()? {
            Entry::Site(site) => _ = session.add_sites([site]),
            Entry::Switched(switched) => session.switch(&switched),
            Entry::Record(raw) => {
                last = Record::decode(&raw).map_or(last, |record| last.max(record.head.time));
                session.feed(&raw);
            }
            Entry::End(end) => break end,
        }
    };
    Ok(Replay { outcome: session.finish(conclusion(&end, last)), end })
}

/// What is known of the end of the session.
fn conclusion(end: &End, last: Time) -> Conclusion {
    let broken = |missing| Conclusion { missing: vec![missing], ..Conclusion::at(last, None) };
    match end {
        End::Whole(conclusion) => (**conclusion).clone(),
        End::CutShort => broken(Missing::CutShort),
        End::Damaged => broken(Missing::Damaged),
    }
}
