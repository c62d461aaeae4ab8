//! Sessions that run already, and the sites of each that are switched off and on.

use serde::{Deserialize, Serialize};
use vivarium_session::record::Pid;
use vivarium_session::session::by_name;
use vivarium_sys::SiteId;

/// The most sites of one [`Switch`].
pub const MAX_SWITCHED: usize = 8192;

/// Which sessions are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Those alone that observe this process.
    #[serde(default)]
    pub process: Option<Pid>,
}

/// A session that runs in the daemon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Its number.
    pub id: u64,
    /// Whose it is.
    pub user: u32,
    /// Some of the processes that it observes.
    pub processes: Vec<Pid>,
    /// How many these are altogether.
    pub process_count: usize,
    /// How many sites the code has that they run.
    pub sites: usize,
    /// How many of them are off.
    pub off: usize,
}

/// A session with its sites, which were told before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The session.
    pub session: SessionEntry,
    /// The sites that are off.
    #[serde(with = "by_name::site_ids")]
    pub off: Vec<SiteId>,
    /// Those of them that are still attached to, until the spans have ended that were open, or for another session.
    #[serde(with = "by_name::site_ids")]
    pub held: Vec<SiteId>,
}

/// Sites are to be switched off or on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Of which session; that of the client itself where nothing is said.
    #[serde(default)]
    pub session: Option<u64>,
    /// Whether they are on from then on.
    pub on: bool,
    /// Which.
    #[serde(with = "by_name::site_ids")]
    pub sites: Vec<SiteId>,
}
