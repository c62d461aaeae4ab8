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

/// Kinds of which the same cannot be seen, for people to read in one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GapGroup<'g> {
    /// What cannot be seen of them; nothing at all where this is absent.
    pub what: Option<&'g str>,
    /// The names of the kinds.
    pub kinds: Vec<&'g str>,
}

impl<'g> GapGroup<'g> {
    /// The groups of these gaps: what isn't seen at all first, then each sentence once.
    #[must_use]
    pub fn all(gaps: &'g [Gap]) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for Gap { kind, what } in gaps {
            match groups.iter_mut().find(|group| group.what == what.as_deref()) {
                Some(group) => group.kinds.push(kind),
                None => groups.push(Self { what: what.as_deref(), kinds: vec![kind] }),
            }
        }
        groups.sort_by_key(|group| group.what.is_some());
        groups
    }
}

/// How many kinds are named of which not everything can be seen. More are counted: with them the line would be long, and
/// nobody would read it.
const NAMED: usize = 3;

/// What cannot be seen, in a few words: the kinds that can't be seen at all by their names, and those of which not everything
/// can, by their names while they are few.
#[derive(Clone, Copy, Debug)]
pub struct GapSummary<'g>(pub &'g [Gap]);

/// As it follows the name of the backend.
impl fmt::Display for GapSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |partly: bool| {
            let gaps = self.0.iter().filter(move |gap| gap.what.is_some() == partly);
            gaps.map(|gap| gap.kind.as_str()).collect::<Vec<_>>()
        };
        let (unseen, partial) = (names(false), names(true));
        if !unseen.is_empty() {
            write!(f, "does not see {}", unseen.join(", "))?;
        }
        if partial.is_empty() {
            return Ok(());
        }
        let and = if unseen.is_empty() { "" } else { ", and " };
        write!(f, "{and}does not see all of ")?;
        if partial.len() <= NAMED {
            write!(f, "{} (`vivarium events KIND` says what)", partial.join(", "))
        } else {
            let others = if unseen.is_empty() { "" } else { "other " };
            write!(
                f,
                "{} {others}kinds (`vivarium events` marks them, `vivarium events KIND` says what)",
                partial.len()
            )
        }
    }
}

/// As it follows the words `not visible`.
impl fmt::Display for GapGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.kinds.join(", ");
        match self.what {
            Some(what) => write!(f, " of {kinds}: {what}"),
            None => write!(f, ": {kinds}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_is_said_once_after_what_is_not_seen_at_all() {
        let gap = |kind: &str, what: Option<&str>| Gap { kind: kind.to_owned(), what: what.map(str::to_owned) };
        let gaps = [gap("a", Some("half of it")), gap("b", None), gap("c", Some("half of it")), gap("d", None)];
        let lines: Vec<_> = GapGroup::all(&gaps).iter().map(ToString::to_string).collect();
        assert_eq!(lines, [": b, d", " of a, c: half of it"]);
        let summary = GapSummary(&gaps).to_string();
        assert_eq!(summary, "does not see b, d, and does not see all of a, c (`vivarium events KIND` says what)");
    }

    #[test]
    fn what_is_seen_in_part_is_counted_where_it_is_much() {
        let gap = |kind: &str, what: Option<&str>| Gap { kind: kind.to_owned(), what: what.map(str::to_owned) };
        let partial: Vec<_> = ["a", "b", "c", "d"].iter().map(|kind| gap(kind, Some("half of it"))).collect();
        let where_to_look = "(`vivarium events` marks them, `vivarium events KIND` says what)";
        assert_eq!(GapSummary(&partial).to_string(), format!("does not see all of 4 kinds {where_to_look}"));
        let all = [vec![gap("e", None)], partial].concat();
        let summary = GapSummary(&all).to_string();
        assert_eq!(summary, format!("does not see e, and does not see all of 4 other kinds {where_to_look}"));
    }
}
