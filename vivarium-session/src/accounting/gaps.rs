//! What a backend cannot see, as the table of events says.

use std::fmt;

use serde::{Deserialize, Serialize};
use vivarium_sys::event::{Backend, EventSpec};

/// A kind of event that a backend cannot see, or cannot see all of.
///
/// A gap is a limit that is known beforehand and named in every output; it doesn't make a session incomplete, which means
/// that something was lost that could have been seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gap {
    /// The name of the kind.
    pub kind: String,
    /// What cannot be seen of it; nothing at all where this is absent.
    pub what: Option<String>,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Some(what) => write!(f, "{} ({what})", self.kind),
            None => f.write_str(&self.kind),
        }
    }
}

/// The gaps of `backend` among these kinds.
pub fn gaps(backend: Backend, kinds: impl Iterator<Item = &'static EventSpec>) -> Vec<Gap> {
    kinds
        .filter_map(|row| {
            let gap = |what| Some(Gap { kind: row.name.to_owned(), what });
            match row.sight(backend) {
                None => gap(None),
                Some(sight) if !sight.gap.is_empty() => gap(Some(sight.gap.to_owned())),
                Some(_) => None,
            }
        })
        .collect()
}
