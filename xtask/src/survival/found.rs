//! What is found in a built specimen.

use std::fmt;

use vivarium_tests::listing::Identity;

/// A part of the specimen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    Program,
    Plugin,
}

impl Part {
    pub(super) const ALL: [Self; 2] = [Self::Program, Self::Plugin];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Plugin => "plugin",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How often each probe of a site was hit while the specimen ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Hits {
    pub(super) starts: u64,
    pub(super) stops: u64,
    pub(super) raises: u64,
}

impl Hits {
    /// Adds hits of the probe with this name.
    pub(super) fn add(&mut self, probe: &str, count: u64) {
        match probe {
            "span_start" => self.starts += count,
            "span_stop" => self.stops += count,
            _ => self.raises += count,
        }
    }

    pub(super) const fn total(self) -> u64 {
        self.starts + self.stops + self.raises
    }
}

/// A site that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct FoundSite {
    pub(super) part: Part,
    pub(super) identity: Identity,
    /// None where nothing may be attached.
    pub(super) hits: Option<Hits>,
}

/// What is found in the files, and what the program does.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// In the order in which they are listed.
    pub(super) sites: Vec<FoundSite>,
    /// What the program printed.
    pub(super) output: String,
}

impl Found {
    pub(super) fn has(&self, part: Part) -> bool {
        self.sites.iter().any(|site| site.part == part)
    }
}
