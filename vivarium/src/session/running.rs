//! A session that was started by hand.

use std::sync::{Arc, Mutex, PoisonError};

use super::builder::{SessionBuilder, SessionError};
use super::registry::Open;
use super::synced::{PATIENCE, Synced};
use crate::fixture::Matcher;
use crate::seen::{Collected, Event, Kept, Observation};

/// An observation of this process, from [`start`](SessionBuilder::start) until it is stopped or dropped.
///
/// ```
/// use vivarium::Session;
///
/// match Session::builder().events(["@net"]).start() {
///     Ok(session) => {
///         let connected = std::net::TcpStream::connect("127.0.0.1:9");
///         for event in session.events() {
///             println!("{event} in {:?}", event.span());
///         }
///         let seen = session.stop();
///         println!("{} events, complete: {}", seen.events().count(), seen.is_complete());
///         # drop(connected);
///     }
///     Err(error) => println!("{error}"),
/// }
/// ```
///
/// What it saw is kept in memory, up to 262,144 events and 64 MiB of records; for more, let it be
/// [recorded](SessionBuilder::record) or [shown](SessionBuilder::show).
///
/// In the child of a fork it is inert: there it sees nothing, and what it saw of the parent goes on there.
#[derive(Debug)]
pub struct Session {
    state: Option<State>,
}

#[derive(Debug)]
struct State {
    open: Arc<Open>,
    collected: Arc<Mutex<Collected>>,
    kept: Kept,
    synced: Arc<Synced>,
}

impl Session {
    /// What a session is made with.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// One that sees nothing.
    pub(super) const fn off() -> Self {
        Self { state: None }
    }

    pub(super) const fn of(open: Arc<Open>, collected: Arc<Mutex<Collected>>, kept: Kept, synced: Arc<Synced>) -> Self {
        Self { state: Some(State { open, collected, kept, synced }) }
    }

    /// The events until now, in the order in which the kernel saw them.
    ///
    /// It waits until the daemon has told all that happened. One that doesn't answer for 10 seconds, as one that is stopped,
    /// is waited for no longer: then only what it told before is given, and a line on standard error says so, once. Where it
    /// had to leave out some of it altogether, the verdict of [`stop`](Self::stop) tells.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let Some(state) = &self.state else { return Vec::new() };
        state.sync();
        state.collected.lock().unwrap_or_else(PoisonError::into_inner).events.clone()
    }

    /// The events until now that are meant: `filter("@net")`, `filter(opens("/etc/**"))`.
    #[must_use]
    #[track_caller]
    pub fn filter(&self, which: impl Into<Matcher>) -> Vec<Event> {
        let which = which.into();
        let mut events = self.events();
        events.retain(|event| which.matches(event));
        events
    }

    /// Leaves functions out from now on: by name, glob, or regular expression, such as `"load_config"`, `"load_*"` or
    /// `"/^load_/"`. What they do is told of the functions around them.
    ///
    /// ```no_run
    /// # let session = vivarium::Session::builder().start()?;
    /// session.disable("parse_*")?;
    /// session.enable("parse_header")?;
    /// # Ok::<(), vivarium::session::SessionError>(())
    /// ```
    ///
    /// # Errors
    /// When none of the functions that run is meant, or the daemon is gone.
    pub fn disable(&self, functions: &str) -> Result<(), SessionError> {
        self.switch(false, functions)
    }

    /// Takes functions in again that were left out.
    ///
    /// # Errors
    /// As [`disable`](Self::disable).
    pub fn enable(&self, functions: &str) -> Result<(), SessionError> {
        self.switch(true, functions)
    }

    fn switch(&self, on: bool, functions: &str) -> Result<(), SessionError> {
        let Some(state) = &self.state else { return Ok(()) };
        state.open.with(|live| live.switch(on, functions)).unwrap_or(Ok(()))
    }

    /// Ends it, and gives what it saw: to be looked at, [saved](Observation::save), or held against
    /// [expectations](Observation::expect).
    #[must_use]
    pub fn stop(mut self) -> Observation {
        let Some(state) = self.state.take() else { return Observation::skipped() };
        state.open.finish();
        Observation::of(Collected::take(&state.collected), state.kept.take())
    }
}

/// Ends it, and what it shows is complete.
impl Drop for Session {
    fn drop(&mut self) {
        if let Some(state) = &self.state {
            state.open.finish();
        }
    }
}

impl State {
    /// Waits until everything is here that has happened, or the session is over.
    fn sync(&self) {
        let token = self.synced.next();
        if self.open.with(|live| live.sync(token).is_ok()) == Some(true) {
            self.synced.wait(token, PATIENCE);
        }
    }
}
