//! Sessions where there is no Linux: they can be asked for, and see nothing.

mod notice;
mod output;
mod switch;

use std::path::PathBuf;

pub use vivarium_sys::event::Severity;

use self::notice::not_observing;
pub(crate) use self::notice::say;
pub use self::output::{Destination, Format};
pub(crate) use self::switch::is_off;
use crate::fixture::Matcher;
use crate::seen::{Event, Observation};

/// Says what a [`Session`] observes, and where it goes.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is observed until it is started"]
pub struct SessionBuilder(());

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Nobody could see anything.
    #[error("only Linux can be observed")]
    Platform,
}

/// An observation of this process. Here it sees nothing.
#[derive(Debug)]
pub struct Session(());

impl SessionBuilder {
    /// Only such events.
    pub fn events<E: Into<String>>(self, events: impl IntoIterator<Item = E>) -> Self {
        drop(events);
        self
    }

    /// Only events of this severity or a higher one.
    pub const fn severity(self, _least: Severity) -> Self {
        self
    }

    /// Whether the processes that this one makes are observed as well.
    pub const fn children(self, _children: bool) -> Self {
        self
    }

    /// Shows it.
    pub fn show(self, _format: Format, _destination: Destination) -> Self {
        self
    }

    /// Writes a recording as it happens.
    pub fn record(self, _file: impl Into<PathBuf>) -> Self {
        self
    }

    /// Shows one event in so many of each kind.
    pub const fn sample(self, _one_in: u64) -> Self {
        self
    }

    /// Begins to observe this process. With `VIVARIUM=off` in the environment nothing is observed.
    ///
    /// # Errors
    /// There is no Linux.
    pub fn start(self) -> Result<Session, SessionError> {
        if is_off() { Ok(Session(())) } else { Err(SessionError::Platform) }
    }
}

impl Session {
    /// What a session is made with.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// The events until now: none.
    #[must_use]
    pub const fn events(&self) -> Vec<Event> {
        Vec::new()
    }

    /// The events until now that are meant: none.
    #[must_use]
    pub fn filter(&self, which: impl Into<Matcher>) -> Vec<Event> {
        drop(which.into());
        Vec::new()
    }

    /// Leaves functions out from now on: none is seen anyway.
    ///
    /// # Errors
    /// None here.
    pub const fn disable(&self, _functions: &str) -> Result<(), SessionError> {
        Ok(())
    }

    /// Takes functions in again that were left out.
    ///
    /// # Errors
    /// None here.
    pub const fn enable(&self, _functions: &str) -> Result<(), SessionError> {
        Ok(())
    }

    /// Ends it, and gives what it saw.
    #[must_use]
    pub fn stop(self) -> Observation {
        Observation::skipped()
    }
}

/// Ended when it is dropped, as a session that sees something is.
impl Drop for Session {
    fn drop(&mut self) {}
}

/// Observes this process until what it gives is dropped. Here that is one line on standard error, and the program goes on.
#[must_use = "the observation ends at once unless it is kept: `let _session = vivarium::observe_process();`"]
pub fn observe_process() -> Session {
    SessionBuilder::default().start().unwrap_or_else(|error| {
        not_observing(&error);
        Session(())
    })
}

/// Does `work`, and gives what it gave. Here nothing of it is seen.
pub fn observe<R>(work: impl FnOnce() -> R) -> R {
    let _session = observe_process();
    work()
}
