//! What is wrong with a filter.

/// A filter that means nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// There is no such kind.
    #[error("{name:?} is no kind of event{}; `vivarium events` lists them all", meant(near))]
    UnknownKind {
        /// What was given.
        name: String,
        /// Kinds that are called nearly so.
        near: Vec<&'static str>,
    },
    /// There is no such category.
    #[error("@{name} is no category{}; they are {}", meant(near), all.join(", "))]
    UnknownCategory {
        /// What was given.
        name: String,
        /// Categories that are called nearly so, each with its `@`.
        near: Vec<String>,
        /// Every category, each with its `@`.
        all: Vec<String>,
    },
    /// A pattern that no kind matches.
    #[error("{pattern:?} matches no kind of event{}; `vivarium events` lists them all", meant(near))]
    MatchesNoKind {
        /// What was given.
        pattern: String,
        /// Kinds that are called nearly so.
        near: Vec<&'static str>,
    },
    /// A pattern that no site matches.
    #[error("{pattern:?} names no site{}; `vivarium sites` lists them all", meant(near))]
    MatchesNoSite {
        /// What was given.
        pattern: String,
        /// Sites that are called nearly so.
        near: Vec<String>,
    },
    /// Nothing was given.
    #[error("an empty word names no kind of event: separate kinds by one comma each")]
    Empty,
    /// A pattern that is not well formed.
    #[error("{pattern:?} is no pattern: {why}")]
    Pattern {
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// Everything was excluded.
    #[error("the filter leaves no kind of event to be shown: what `-e` chooses is excluded by `-E` or `--severity`")]
    Nothing,
}

/// What may have been meant.
fn meant<T: AsRef<str>>(near: &[T]) -> String {
    let near: Vec<_> = near.iter().map(AsRef::as_ref).collect();
    if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(", ")) }
}
