//! What a session observes, and where it goes.

use std::path::PathBuf;
use std::sync::Arc;
use std::{env, io};

use vivarium_protocol::ClientError;
use vivarium_session::filter::{Filter, FilterError};
use vivarium_session::recording::Writer;
use vivarium_session::sink::{Excerpt, Sink};
use vivarium_session::text::Text;
use vivarium_sys::InstanceId;
use vivarium_sys::event::Severity;

use super::live::{Live, Request};
use super::output::{Destination, Format};
use super::overwritten::Overwritten;
use super::own_work;
use super::registry::Open;
use super::running::Session;
use super::sampling::Sampled;
use super::switch::is_off;
use super::synced::Synced;
use crate::seen::{Collector, Kept};

/// Says what a [`Session`] observes, and where it goes.
#[derive(Clone, Debug)]
#[must_use = "nothing is observed until it is started"]
pub struct SessionBuilder {
    events: Vec<String>,
    severity: Option<Severity>,
    children: bool,
    sample: u64,
    recording: Option<PathBuf>,
    shown: Option<(Format, Destination)>,
    /// Whether what is seen is kept in memory.
    keeps: bool,
    /// The activation that all else is outside of.
    inside: Option<InstanceId>,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The daemon doesn't grant it, or there is none.
    #[error(transparent)]
    Daemon(Box<ClientError>),
    /// What was asked for means no event.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A file that it goes to can't be written.
    #[error("cannot write {}", path.display())]
    Output {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
}

impl Default for SessionBuilder {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            severity: None,
            children: true,
            sample: 1,
            recording: None,
            shown: None,
            keeps: true,
            inside: None,
        }
    }
}

impl SessionBuilder {
    /// One that is shown, as a tree on standard error, and not kept.
    pub(super) fn told() -> Self {
        Self { keeps: false, ..Self::default() }.show(Format::Tree, Destination::Stderr)
    }

    /// Only what happens inside this activation.
    pub(super) const fn inside(mut self, instance: InstanceId) -> Self {
        self.inside = Some(instance);
        self
    }

    /// Only such events: names, globs such as `"sock_*"`, or families such as `"@net"`. Without this, all that are on by default.
    pub fn events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.events.extend(events.into_iter().map(Into::into));
        self
    }

    /// Only events of this severity or a higher one.
    pub const fn severity(mut self, least: Severity) -> Self {
        self.severity = Some(least);
        self
    }

    /// Whether the processes that this one makes are observed as well. They are, unless this says something else.
    pub const fn children(mut self, children: bool) -> Self {
        self.children = children;
        self
    }

    /// Shows it. Without this it is shown nowhere.
    pub fn show(mut self, format: Format, destination: Destination) -> Self {
        self.shown = Some((format, destination));
        self
    }

    /// Writes a recording as it happens, which `vivarium report` reads.
    pub fn record(mut self, file: impl Into<PathBuf>) -> Self {
        self.recording = Some(file.into());
        self
    }

    /// Shows one event in so many of each kind, and how many there were besides. This is about what [`show`](Self::show) shows:
    /// recordings hold all, and so does the session itself.
    pub const fn sample(mut self, one_in: u64) -> Self {
        self.sample = one_in;
        self
    }

    /// Begins to observe this process. With `VIVARIUM=off` in the environment nothing is observed.
    ///
    /// # Errors
    /// There is no daemon, it doesn't grant the session, an event is asked for that doesn't exist, or a file can't be written.
    pub fn start(self) -> Result<Session, SessionError> {
        if is_off() {
            return Ok(Session::off());
        }
        let filter = self.filter()?;
        own_work::own_work(|| self.begin(filter))
    }

    fn begin(&self, filter: Filter) -> Result<Session, SessionError> {
        let (collector, collected) = Collector::new();
        let kept = Kept::default();
        let synced = Arc::new(Synced::default());
        let mut sinks = Vec::new();
        if self.keeps {
            sinks.push(self.part(collector));
            sinks.push(self.part(Writer::new(kept.clone())));
        }
        if let Some((format, destination)) = &self.shown {
            let sink = destination.open(*format).map_err(|error| match destination {
                Destination::File(path) => SessionError::Output { path: path.clone(), error },
                _ => SessionError::Output { path: PathBuf::new(), error },
            })?;
            sinks.push(if self.sample > 1 { self.part(Sampled::new(sink, self.sample)) } else { self.part(sink) });
        }
        if let Some(path) = &self.recording {
            let file = Overwritten::open(path).map_err(|error| SessionError::Output { path: path.clone(), error })?;
            sinks.push(self.part(Writer::new(file)));
        }
        let answered = Arc::clone(&synced);
        let live = Live::start(Request {
            command: env::args_os().map(|word| Text::new(word.as_encoded_bytes())).collect(),
            filter,
            children: self.children,
            sinks,
            synced: Box::new(move |token| answered.tell(token)),
        });
        let live = live.map_err(|error| SessionError::Daemon(Box::new(error)))?;
        Ok(Session::of(Open::new(live), collected, kept, synced))
    }

    fn part<S: Sink + Send + 'static>(&self, sink: S) -> Box<dyn Sink + Send> {
        let excerpt = Excerpt::new(sink).without(own_work::site());
        Box::new(match self.inside {
            Some(instance) => excerpt.inside(instance),
            None => excerpt,
        })
    }

    fn filter(&self) -> Result<Filter, FilterError> {
        let filter = Filter::default().events(&self.events)?;
        Ok(self.severity.map_or(filter.clone(), |least| filter.severity(least)))
    }
}
