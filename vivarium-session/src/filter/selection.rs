//! Which kinds of event are wanted: the half of a filter that the kernel side is told of.

use std::fmt;

use serde::{Deserialize, Serialize};
use vivarium_sys::event::{Default as Shown, EventKind, EventSpec, Severity};

use super::FilterError;
use super::selector::Selector;
use crate::session::Kinds;

/// Which kinds of event are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// The words that choose; without any, the kinds that are on by default are chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<String>,
    /// The words that exclude.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excluded: Vec<String>,
    /// Of which severity at least.
    #[serde(skip_serializing_if = "Option::is_none", with = "severity")]
    pub(super) at_least: Option<Severity>,
    /// What a recording has, if this is about one that was made with a filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Box<Self>>,
}

impl Selection {
    pub(super) fn choose(&mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), FilterError> {
        self.chosen.extend(read(words)?);
        self.not_nothing()
    }

    pub(super) fn exclude(&mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), FilterError> {
        self.excluded.extend(read(words)?);
        self.not_nothing()
    }

    fn not_nothing(&self) -> Result<(), FilterError> {
        if self.kinds().iter().next().is_none() { Err(FilterError::Nothing) } else { Ok(()) }
    }

    /// This selection of what a recording has that was made with another one. Kinds that are off by default were recorded
    /// because they were chosen then, and are shown unless others are chosen now.
    pub(super) fn within(self, recorded: &Self) -> Self {
        let of = (*recorded != Self::default()).then(|| Box::new(recorded.clone()));
        Self { of, ..self }
    }

    /// The kinds that are wanted.
    #[must_use]
    pub fn kinds(&self) -> Kinds {
        // What can't be read any more was chosen by another version, of kinds that this one doesn't have.
        let selectors =
            |words: &[String]| -> Vec<Selector> { words.iter().filter_map(|word| Selector::read(word).ok()).collect() };
        let (chosen, excluded) = (selectors(&self.chosen), selectors(&self.excluded));
        let recorded = self.of.as_ref().map(|of| of.kinds());
        let is_there = |event: &EventSpec| match &recorded {
            Some(recorded) => recorded.contains(event.kind),
            None => !self.chosen.is_empty() || event.default == Shown::On,
        };
        let is_chosen =
            |event: &EventSpec| self.chosen.is_empty() || chosen.iter().any(|selector| selector.selects(event));
        let is_wanted = |event: &&EventSpec| {
            is_there(event)
                && is_chosen(event)
                && !excluded.iter().any(|selector| selector.selects(event))
                && self.at_least.is_none_or(|least| event.severity >= least)
        };
        Kinds::new(EventKind::all().filter(is_wanted))
    }
}

/// The words of a list, each of which must mean something. A word may be a list itself, separated by commas.
fn read(words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Vec<String>, FilterError> {
    let mut read = Vec::new();
    for list in words {
        for word in split(list.as_ref()) {
            Selector::read(word)?;
            read.push(word.to_owned());
        }
    }
    Ok(read)
}

/// The words between commas, but for those in braces.
fn split(list: &str) -> impl Iterator<Item = &str> {
    let mut open = 0_usize;
    list.split(move |char| {
        match char {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        char == ',' && open == 0
    })
    .map(str::trim)
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if !self.chosen.is_empty() {
            words.push(format!("-e {}", self.chosen.join(",")));
        }
        if !self.excluded.is_empty() {
            words.push(format!("-E {}", self.excluded.join(",")));
        }
        if let Some(least) = self.at_least {
            words.push(format!("--severity {}", least.name()));
        }
        if let Some(of) = &self.of {
            words.push(format!("(recorded with {of})"));
        }
        f.write_str(&words.join(" "))
    }
}

/// A severity by its name.
mod severity {
    use serde::{Deserialize, Deserializer, Serializer};
    use vivarium_sys::event::{EventKind, Severity};

    #[expect(clippy::ref_option, reason = "serde asks for it so")]
    pub(super) fn serialize<S: Serializer>(severity: &Option<Severity>, serializer: S) -> Result<S::Ok, S::Error> {
        match severity {
            Some(severity) => serializer.serialize_str(severity.name()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
        let name = Option::<String>::deserialize(deserializer)?;
        let known = || EventKind::all().map(|event| event.severity);
        Ok(name.and_then(|name| known().find(|severity| severity.name() == name)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Filter;
    use super::*;

    fn names(filter: &Filter) -> Vec<&'static str> {
        filter.kinds().iter().map(|event| event.name).collect()
    }

    #[test]
    fn nothing_of_high_severity_is_off_by_default() {
        for event in EventKind::all().filter(|event| event.severity == Severity::High) {
            assert_eq!(event.default, Shown::On, "{}", event.name);
        }
    }

    #[test]
    fn what_is_chosen_is_all_that_is_shown() {
        assert_eq!(
            names(&Filter::default().events(["path_open,sock_connect"]).unwrap()),
            ["path_open", "sock_connect"]
        );
        let files = Filter::default().events(["@file"]).unwrap().exclude(["path_open, file_{rename,chmod}"]).unwrap();
        let files = names(&files);
        assert!(files.contains(&"file_unlink"));
        assert!(!files.contains(&"path_open") && !files.contains(&"file_rename") && !files.contains(&"file_chmod"));
    }

    #[test]
    fn every_kind_can_be_chosen_also_one_that_is_off_by_default() {
        assert_eq!(names(&Filter::default().events(["*"]).unwrap()).len(), EventKind::all().count());
    }

    #[test]
    fn severity_is_of_those_that_would_be_shown() {
        let high = Filter::default().severity(Severity::High);
        assert!(high.kinds().iter().all(|event| event.severity == Severity::High));
        let medium = Filter::default().events(["@net"]).unwrap().severity(Severity::Medium);
        assert!(names(&medium).contains(&"sock_connect"));
        assert!(!names(&medium).contains(&"path_open"));
    }

    #[test]
    fn a_filter_that_leaves_nothing_is_refused() {
        let nothing = Filter::default().events(["path_open"]).unwrap().exclude(["@file"]);
        assert_eq!(nothing, Err(FilterError::Nothing));
    }

    #[test]
    fn words_that_mean_nothing_name_those_that_may_be_meant() {
        let near = |word: &str| Filter::default().events([word]).unwrap_err().to_string();
        assert!(near("path_opn").contains("did you mean path_open"), "{}", near("path_opn"));
        assert!(near("@fil").contains("@file"), "{}", near("@fil"));
        assert!(near("sokc_*").contains("did you mean sock_"), "{}", near("sokc_*"));
        assert!(near("path_open,,sock_connect").contains("comma"));
        assert!(!near("xyzzy").contains("did you mean"));
    }

    #[test]
    fn of_a_recording_only_what_is_in_it_can_be_shown() {
        let recorded = Filter::default().events(["@net"]).unwrap();
        let asked = Filter::default().events(["sock_*", "path_open"]).unwrap().within(&recorded);
        assert!(names(&asked).contains(&"sock_connect") && !names(&asked).contains(&"path_open"));
        assert_eq!(asked.to_string(), "-e sock_*,path_open (recorded with -e @net)");
        assert_eq!(names(&Filter::default().within(&recorded)), names(&recorded));
    }

    #[test]
    fn a_filter_is_written_and_read_again() {
        let filter = Filter::default().events(["@net"]).unwrap().severity(Severity::Medium).path("/etc/**").unwrap();
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(json, r#"{"chosen":["@net"],"at_least":"medium","paths":["/etc/**"]}"#);
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
        assert_eq!(serde_json::from_str::<Filter>("{}").unwrap(), Filter::default());
    }
}
