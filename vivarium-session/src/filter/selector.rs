//! One word that selects kinds of event.

use vivarium_sys::event::{Category, EventKind, EventSpec};

use super::near::near;
use super::{FilterError, Pattern};

/// What a word selects: a kind by its name, kinds by a pattern, or a category.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Selector {
    Kind(EventKind),
    Pattern(Pattern),
    Category(Category),
}

impl Selector {
    /// Reads a word. Every kind is `*`.
    pub(super) fn read(word: &str) -> Result<Self, FilterError> {
        if let Some(name) = word.strip_prefix('@') {
            return Self::category(name);
        }
        let names = || EventKind::all().map(|event| event.name);
        match EventKind::from_name(word) {
            Some(kind) => Ok(Self::Kind(kind)),
            None if word.is_empty() => Err(FilterError::Empty),
            None if word.contains(['*', '?', '[', '{', '!']) => {
                let pattern = Pattern::of_name(word)?;
                match names().any(|name| pattern.matches_name(name.as_bytes())) {
                    true => Ok(Self::Pattern(pattern)),
                    false => {
                        let literal: String =
                            word.chars().filter(|char| char.is_alphanumeric() || *char == '_').collect();
                        Err(FilterError::MatchesNoKind { pattern: word.to_owned(), near: near(&literal, names()) })
                    }
                }
            }
            None => Err(FilterError::UnknownKind { name: word.to_owned(), near: near(word, names()) }),
        }
    }

    fn category(name: &str) -> Result<Self, FilterError> {
        let known = || Category::ALL.into_iter().map(Category::name);
        match Category::ALL.into_iter().find(|category| category.name() == name) {
            Some(category) => Ok(Self::Category(category)),
            None => Err(FilterError::UnknownCategory {
                name: name.to_owned(),
                near: near(name, known()).iter().map(|name| format!("@{name}")).collect(),
                all: known().map(|name| format!("@{name}")).collect(),
            }),
        }
    }

    /// Whether it selects this kind.
    pub(super) fn selects(&self, event: &EventSpec) -> bool {
        match self {
            Self::Kind(kind) => event.kind == *kind,
            Self::Pattern(pattern) => pattern.matches_name(event.name.as_bytes()),
            Self::Category(category) => event.category == *category,
        }
    }
}
