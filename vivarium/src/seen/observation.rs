//! What was seen of a piece of a program.

use std::path::Path;
use std::sync::Arc;
use std::{fmt, fs, io};

use vivarium_session::accounting::Missing;
use vivarium_session::recording::{Reader, RecordingError, replay};
use vivarium_sys::event::EventSpec;

use super::{Collected, Collector, Event, EventTree};
use crate::fixture::Expectation;

/// What was seen of a piece of a program: events, and whether they are all.
///
/// A fixture gives one, and so does a session that is over.
#[derive(Clone, Debug)]
pub struct Observation {
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// Nobody looked.
    Skipped,
    Seen(Arc<Seen>),
}

/// What was seen.
#[derive(Debug)]
struct Seen {
    collected: Collected,
    /// What is missing, in words.
    missing: Vec<String>,
    /// The same as a recording, as far as that was kept.
    recording: Vec<u8>,
}

impl Observation {
    /// Nobody looked.
    pub(crate) const fn skipped() -> Self {
        Self { state: State::Skipped }
    }

    /// What a session came to.
    pub(crate) fn of(collected: Collected, recording: Vec<u8>) -> Self {
        let mut missing: Vec<_> = match &collected.missing {
            Some(missing) => missing.iter().map(Missing::to_string).collect(),
            None => vec!["the session ended without a verdict".to_owned()],
        };
        if collected.beyond > 0 {
            missing.push(format!("{} events, more than an observation holds", collected.beyond));
        }
        Self { state: State::Seen(Arc::new(Seen { collected, missing, recording })) }
    }

    /// Reads a recording, such as `vivarium run --record FILE` makes one: what was seen then can be held against
    /// expectations anywhere, without privileges.
    ///
    /// ```no_run
    /// use vivarium::seen::Observation;
    /// let seen = Observation::of_recording("tour.vivarium".as_ref())?;
    /// seen.expect().no("@identity").complete();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The file cannot be read, or is no recording.
    pub fn of_recording(path: &Path) -> io::Result<Self> {
        let error = |error: RecordingError| match error {
            RecordingError::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        };
        let (collector, collected) = Collector::new();
        let recording = fs::read(path)?;
        let reader = Reader::new(recording.as_slice()).map_err(error)?;
        replay(reader, vec![Box::new(collector)]).map_err(error)?;
        Ok(Self::of(Collected::take(&collected), recording))
    }

    /// Writes a recording, which [`of_recording`](Self::of_recording) and `vivarium report` read.
    ///
    /// # Errors
    /// The file cannot be written, or there is nothing to write: nobody looked, or it was more than is kept in memory.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        match self.seen() {
            Some(seen) if !seen.recording.is_empty() => fs::write(path, &seen.recording),
            Some(_) => Err(io::Error::other("there was too much of it: write the recording while it is observed")),
            None => Err(io::Error::other("nobody looked, so there is nothing to save")),
        }
    }

    /// What is expected of it.
    #[must_use]
    pub const fn expect(&self) -> Expectation<'_> {
        Expectation::new(self)
    }

    /// The events, in the order in which the kernel saw them.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.seen().into_iter().flat_map(|seen| &seen.collected.events)
    }

    /// Whether nobody looked, since there was no daemon. Then it holds no events, and every expectation holds.
    #[must_use]
    pub const fn is_skipped(&self) -> bool {
        matches!(self.state, State::Skipped)
    }

    /// Whether nothing is missing. That is true of an observation that was skipped, too.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing().next().is_none()
    }

    /// What is missing, in words.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.seen().into_iter().flat_map(|seen| &seen.missing).map(String::as_str)
    }

    /// Whether any event of these kinds would have been seen.
    pub(crate) fn could_see(&self, is_meant: impl Fn(&EventSpec) -> bool) -> bool {
        let Some(Seen { collected, .. }) = self.seen() else { return true };
        let is_visible = |name: &str| !collected.not_visible.iter().any(|gap| gap.kind == name && gap.what.is_none());
        let mut asked = collected.kinds.iter().filter(|row| is_meant(row));
        asked.any(|row| is_visible(row.name)) || self.events().any(|event| is_meant(event.spec()))
    }

    /// The name of the backend that saw it.
    pub(crate) fn backend(&self) -> Option<&'static str> {
        self.seen()?.collected.backend.map(|backend| backend.name())
    }

    /// All of it as a tree, below a title.
    pub(crate) fn told(&self, title: &str) -> impl fmt::Display {
        let events: Vec<_> = self.events().collect();
        let missing: Vec<_> = self.missing().map(|missing| format!("missing: {missing}\n")).collect();
        format!("{title}\n{}{}", EventTree::of(&events), missing.concat())
    }

    fn seen(&self) -> Option<&Seen> {
        match &self.state {
            State::Skipped => None,
            State::Seen(seen) => Some(seen),
        }
    }
}
