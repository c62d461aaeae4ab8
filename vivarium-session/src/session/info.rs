//! What is known of a session before its first record.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::utsname::uname;
use nix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use vivarium_sys::event::{Backend, Default as Shown, EventKind, EventSpec};

use super::by_name;
use crate::accounting::{Gap, gaps};
use crate::filter::Filter;
use crate::record::{Pid, Time};
use crate::text::Text;

/// What is known of a session before its first record. It stands at the head of every output and recording.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionInfo {
    /// The version of vivarium that observed.
    pub version: String,
    /// The command and its arguments.
    pub command: Vec<Text>,
    /// Its process.
    pub pid: Pid,
    /// Where the events come from.
    #[serde(with = "by_name::backend")]
    pub backend: Backend,
    /// The kinds of event that were asked for.
    pub kinds: Kinds,
    /// What is shown of them.
    #[serde(default, skip_serializing_if = "Filter::is_default")]
    pub filter: Filter,
    /// What of those the backend cannot see.
    #[serde(default)]
    pub not_visible: Vec<Gap>,
    /// Which machine it was.
    pub host: Host,
    /// When it began.
    pub started: Clock,
}

impl SessionInfo {
    /// A session that begins now, on this machine.
    ///
    /// ```
    /// use vivarium_session::record::Pid;
    /// use vivarium_session::session::{Kinds, SessionInfo};
    /// use vivarium_sys::event::Backend;
    ///
    /// let info = SessionInfo::begin(vec!["/bin/true".into()], Pid(4242), Backend::Syscalls, Kinds::default());
    /// assert_eq!(info.name().to_string(), "true");
    /// ```
    #[must_use]
    pub fn begin(command: Vec<Text>, pid: Pid, backend: Backend, kinds: Kinds) -> Self {
        Self {
            not_visible: gaps(backend, kinds.iter()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            pid,
            backend,
            kinds,
            filter: Filter::default(),
            host: Host::here(),
            started: Clock::now(),
        }
    }

    /// The same session, of which only this is to be shown. The kinds are those that the filter chooses.
    #[must_use]
    pub fn filtered(self, filter: Filter) -> Self {
        let kinds = filter.kinds();
        Self { not_visible: gaps(self.backend, kinds.iter()), kinds, filter, ..self }
    }

    /// The last part of the command's path.
    #[must_use]
    pub fn name(&self) -> Text {
        let program = self.command.first().map(Text::as_path);
        program.and_then(|path| path.file_name()).map_or_else(Text::default, |name| Text::from(Path::new(name)))
    }
}

/// The kinds of event that a session asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<String>", from = "Vec<String>")]
pub struct Kinds(Vec<&'static EventSpec>);

impl Kinds {
    /// These rows of the table.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = &'static EventSpec>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// Whether this kind is one of them.
    #[must_use]
    pub fn contains(&self, kind: EventKind) -> bool {
        self.0.iter().any(|row| row.kind == kind)
    }

    /// Their rows in the table.
    pub fn iter(&self) -> impl Iterator<Item = &'static EventSpec> {
        self.0.iter().copied()
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::new(EventKind::all().filter(|row| row.default == Shown::On))
    }
}

impl From<Kinds> for Vec<String> {
    fn from(kinds: Kinds) -> Self {
        kinds.iter().map(|row| row.name.to_owned()).collect()
    }
}

/// A name that this version doesn't know is left out: nothing of that kind can be read here anyway.
impl From<Vec<String>> for Kinds {
    fn from(names: Vec<String>) -> Self {
        Self::new(names.iter().filter_map(|name| EventKind::from_name(name)?.spec()))
    }
}

/// A machine, as far as it matters for reading its records.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Host {
    /// The release of the kernel.
    pub kernel: String,
    /// The architecture, as `uname -m` names it.
    pub machine: String,
}

impl Host {
    /// This machine; what the kernel doesn't tell is empty.
    #[must_use]
    pub fn here() -> Self {
        let Ok(names) = uname() else {
            return Self { kernel: String::new(), machine: String::new() };
        };
        Self {
            kernel: names.release().to_string_lossy().into_owned(),
            machine: names.machine().to_string_lossy().into_owned(),
        }
    }
}

/// One moment on two clocks: that of the records, and that on the wall.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clock {
    /// On `CLOCK_MONOTONIC`, as the records have it.
    pub monotonic: Time,
    /// Nanoseconds since 1970.
    pub realtime: u64,
}

impl Clock {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        let monotonic = clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |now| {
            u64::try_from(now.tv_sec()).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec()).unwrap_or(0)
        });
        let realtime = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { monotonic: Time(monotonic), realtime: u64::try_from(realtime.as_nanos()).unwrap_or(u64::MAX) }
    }
}
