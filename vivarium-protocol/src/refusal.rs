//! What is not granted, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something is not granted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{message}: {remedy}")]
pub struct Refusal {
    /// Why, for programs.
    pub reason: Reason,
    /// Why, for people.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// Why something is not granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The two sides speak different versions.
    OtherVersion,
    /// The process is not the client's to observe.
    NotYours,
    /// There is no such process, or no more.
    NoProcess,
    /// There is no such session, or none of the one who asks.
    NoSession,
    /// As much is observed as can be.
    TooMany,
    /// What the client said makes no sense.
    Malformed,
    /// The daemon does not have what was asked for.
    Unavailable,
    /// The daemon is about to end.
    Ending,
    /// Something else, which a later version knows.
    #[serde(other)]
    Other,
}

impl Refusal {
    /// It is not granted for this reason; `remedy` says what to do about it.
    #[must_use]
    pub fn new(reason: Reason, message: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { reason, message: message.to_string(), remedy: remedy.to_string() }
    }
}
