//! What was looked at, and what was found.

use serde::Serialize;
use vivarium_session::accounting::Gap;
use vivarium_sys::event::Backend;

/// One thing that observing needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Check {
    /// What it is.
    pub name: &'static str,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Finding {
    /// It is there.
    Fine {
        /// In which form.
        how: String,
    },
    /// It is not, or not all of it.
    Lacking {
        /// Why.
        why: String,
        /// What to do about it, where that isn't said already.
        #[serde(skip_serializing_if = "Option::is_none")]
        remedy: Option<String>,
        /// What is lost without it.
        without: String,
    },
    /// It could not be tried, because something before it is lacking.
    Untried,
}

impl Finding {
    /// Whether it is there.
    #[must_use]
    pub const fn is_fine(&self) -> bool {
        matches!(self, Self::Fine { .. })
    }
}

/// A backend that was tried.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BackendCheck {
    /// Which.
    #[serde(serialize_with = "name")]
    pub backend: Backend,
    /// Whether it works.
    #[serde(flatten)]
    pub finding: Finding,
    /// The kinds of event that it cannot see, or not all of.
    pub gaps: Vec<Gap>,
    /// What it could see, if this kernel took all of its programs.
    pub lost: Vec<String>,
}

fn name<S: serde::Serializer>(backend: &Backend, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(backend.name())
}
