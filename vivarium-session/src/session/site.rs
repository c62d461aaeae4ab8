//! The sites that a session knows.

use foldhash::{HashMap, HashMapExt};
use serde::{Deserialize, Serialize};
use vivarium_sys::{SiteId, SiteKind};

use super::by_name;
use crate::record::DynamicSite;
use crate::text::Text;

/// What is known of a site: where it stands in the source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SiteInfo {
    /// The identity.
    #[serde(with = "by_name::site_id")]
    pub id: SiteId,
    /// What kind of place it is.
    #[serde(with = "by_name::site_kind")]
    pub kind: SiteKind,
    /// The module path.
    pub module: Text,
    /// The name of the function or the span.
    pub name: Text,
    /// The source file.
    pub file: Text,
    /// The line in it.
    pub line: u32,
}

impl SiteInfo {
    /// The site that a program made while it ran.
    pub(super) fn dynamic(id: SiteId, described: &DynamicSite<'_>) -> Self {
        Self {
            id,
            kind: described.kind,
            module: Text::new(described.module.bytes()),
            name: Text::new(described.name.bytes()),
            file: Text::new(described.file.bytes()),
            line: described.line,
        }
    }
}

/// The sites by their ids.
#[derive(Clone, Debug)]
pub struct SiteTable {
    sites: HashMap<SiteId, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    info: SiteInfo,
    announced: bool,
    was_off: bool,
}

impl SiteTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self { sites: HashMap::new() }
    }

    /// Adds a site, unless it is known already.
    pub fn insert(&mut self, info: SiteInfo) {
        self.sites.entry(info.id).or_insert(Entry { info, announced: false, was_off: false });
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &SiteInfo> + Clone {
        self.sites.values().map(|entry| &entry.info)
    }

    /// What is known of this site.
    #[must_use]
    pub fn get(&self, id: SiteId) -> Option<&SiteInfo> {
        self.sites.get(&id).map(|entry| &entry.info)
    }

    /// Sites are switched off, or on again.
    pub(super) fn switch(&mut self, on: bool, sites: &[SiteId]) {
        if on {
            return;
        }
        for site in sites {
            if let Some(entry) = self.sites.get_mut(site) {
                entry.was_off = true;
            }
        }
    }

    /// What is worth saying of those that were off at some time.
    pub(super) fn note_of_switched(&self) -> Option<String> {
        const NAMED: usize = 5;
        let off = self.sites.values().filter(|entry| entry.was_off);
        let mut names: Vec<_> = off.map(|entry| entry.info.name.to_string()).collect();
        names.sort_unstable();
        names.dedup();
        let count = names.len();
        names.truncate(NAMED);
        if count > NAMED {
            names.push(format!("{} more", count - NAMED));
        }
        let what = "what they did then is shown in the functions around them";
        (count > 0).then(|| format!("switched off, for a time at least: {}; {what}", names.join(", ")))
    }

    /// The site, the first time that it is asked for.
    pub(super) fn announce(&mut self, id: SiteId) -> Option<&SiteInfo> {
        let entry = self.sites.get_mut(&id)?;
        if std::mem::replace(&mut entry.announced, true) { None } else { Some(&entry.info) }
    }
}

impl Default for SiteTable {
    fn default() -> Self {
        Self::new()
    }
}

impl Extend<SiteInfo> for SiteTable {
    fn extend<I: IntoIterator<Item = SiteInfo>>(&mut self, sites: I) {
        sites.into_iter().for_each(|site| self.insert(site));
    }
}

impl FromIterator<SiteInfo> for SiteTable {
    fn from_iter<I: IntoIterator<Item = SiteInfo>>(sites: I) -> Self {
        let mut table = Self::new();
        table.extend(sites);
        table
    }
}
