//! Which files are attached to, and which of their sites.

mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use vivarium_session::filter::KeptOff;
use vivarium_session::record::Time;
use vivarium_session::session::{Clock, SiteInfo};
use vivarium_session::text::Text;
use vivarium_sys::SiteId;

use self::parts::Parts;
use super::SessionId;
use super::mounts::Mounts;
use super::uprobe::{Attached, Points, Refusal, SpanPrograms};
use crate::elf::{ElfError, Image};
use crate::sites::{Catalog, CatalogError, Obstacle, Site};

/// The files that were looked at, and what is attached to them, once for all sessions that need it.
///
/// A file is known by its inode, whatever it is called. As long as something is attached to it, its number cannot become
/// that of another file; of one without sites it is also kept when it last changed.
#[derive(Debug, Default)]
pub struct Attachments {
    attached: BTreeMap<FileId, Shared>,
    without_sites: BTreeMap<FileId, Changed>,
    mounts: Mounts,
    /// The sites that a session wants nothing of.
    off: BTreeMap<SessionId, BTreeSet<SiteId>>,
    /// The sites that nobody wants anything of from the beginning.
    never: KeptOff,
}

/// What is attached to a file, and for whom.
#[derive(Debug)]
struct Shared {
    parts: Parts,
    found: Arc<Found>,
    sessions: BTreeSet<SessionId>,
    /// From when on all of its probes are seen.
    since: Time,
}

/// A file that is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InUse {
    /// From when on.
    pub since: Time,
    /// How many sites it has.
    pub sites: usize,
}

/// What came of looking at a file for a session.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What the session had nothing of before.
    pub added: Option<Addition>,
    /// Whether it is attached to.
    pub in_use: Option<InUse>,
}

/// A file that a session had nothing of before.
#[derive(Clone, Debug)]
pub struct Addition {
    /// What is in it.
    pub found: Arc<Found>,
    /// How many of its sites were off until now, for everyone.
    pub were_off: usize,
}

/// How many files without sites are remembered.
const MAX_WITHOUT_SITES: usize = 4096;

/// A file, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

/// When a file last changed: seconds and nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Changed(i64, i64);

/// What was found in a file that had not been looked at before.
#[derive(Debug, Default)]
pub struct Found {
    /// Its sites, also those that can't be attached to.
    pub sites: Vec<SiteInfo>,
    /// Whether sites that a program makes while it runs are attached to.
    pub has_dynamic: bool,
    /// Sites that nobody can attach to, by their names.
    pub obstacles: Vec<(Text, Obstacle)>,
    /// Probes that the kernel does not let attach to.
    pub refused: Vec<Refusal>,
}

impl Found {
    /// Whether there is nothing to observe.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && !self.has_dynamic
    }

    /// How many times something could not be attached to that may be hit: what a function does then stands in the one around it.
    #[must_use]
    pub fn unseen(&self) -> u64 {
        let hidden = self.obstacles.iter().filter(|(_, obstacle)| obstacle.hides()).count();
        (hidden + self.refused.len()) as u64
    }
}

/// What is missing where something is [`unseen`](Found::unseen).
pub(crate) const UNSEEN: &str =
    "a site could not be attached to: what happens in its function is told in the one around it";

impl Attachments {
    /// Attaches to all sites of a program or a library, unless the session has it already; anything else has none.
    ///
    /// # Errors
    /// When its sites cannot be told.
    pub fn add(&mut self, programs: &SpanPrograms, path: &Path, session: SessionId) -> Result<Looked, CatalogError> {
        if let Ok(metadata) = fs::metadata(path)
            && let Some(known) = self.known(&metadata, session)
        {
            return Ok(known);
        }
        match self.mounts.open(path) {
            Ok(image) => self.add_image(programs, &image, session),
            // Scripts, and programs of other kinds.
            Err(ElfError::NotElf | ElfError::Script | ElfError::Narrow | ElfError::NotRegular) => Ok(Looked::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// The same, of an open file.
    ///
    /// # Errors
    /// When its sites cannot be told.
    pub fn add_image(
        &mut self,
        programs: &SpanPrograms,
        image: &Image,
        session: SessionId,
    ) -> Result<Looked, CatalogError> {
        let metadata = image.file().metadata()?;
        if let Some(known) = self.known(&metadata, session) {
            return Ok(known);
        }
        let catalog = Catalog::read(image)?;
        if catalog.is_empty() {
            if self.without_sites.len() >= MAX_WITHOUT_SITES {
                self.without_sites.clear();
            }
            self.without_sites.insert(FileId::of(&metadata), Changed::of(&metadata));
            return Ok(Looked::default());
        }
        let obstacle = |site: &Site| Some((site.function(), site.attachable().err()?));
        let sites: Vec<_> = catalog.sites.iter().map(SiteInfo::from).collect();
        let never: BTreeSet<_> = sites.iter().filter(|site| self.never.keeps(site)).map(|site| site.id).collect();
        let (file, points) = (image.file().try_clone()?, Points::of(&catalog));
        let (parts, refused) = Parts::attach(programs, file, points, |site| !never.contains(&site));
        let found = Arc::new(Found {
            sites,
            has_dynamic: catalog.dynamic.is_some(),
            obstacles: catalog.sites.iter().filter_map(obstacle).collect(),
            refused,
        });
        let (sessions, since) = (BTreeSet::from([session]), Clock::now().monotonic);
        let shared = Shared { parts, found: Arc::clone(&found), sessions, since };
        let in_use = Some(shared.in_use());
        self.attached.insert(FileId::of(&metadata), shared);
        Ok(Looked { added: Some(Addition { found, were_off: 0 }), in_use })
    }

    /// The sites of a file that nobody has looked at yet, for whoever has to know them before it is attached to.
    #[must_use]
    pub fn sites_ahead(&self, image: &Image) -> Vec<SiteId> {
        if image.file().metadata().map_or(true, |metadata| self.was_looked_at(&metadata)) {
            return Vec::new();
        }
        // Where they can't be told, that is said when it is attached to.
        Catalog::read(image).map_or_else(|_| Vec::new(), |catalog| catalog.sites.iter().map(|site| site.id).collect())
    }

    /// Whether it is known what a file has.
    #[must_use]
    pub fn was_looked_at(&self, metadata: &Metadata) -> bool {
        let file = FileId::of(metadata);
        self.attached.contains_key(&file) || self.without_sites.get(&file) == Some(&Changed::of(metadata))
    }

    /// These sites are never attached to. To be said before anything is.
    pub fn leave_out(&mut self, off: KeptOff) {
        self.never = off;
    }

    /// The session needs nothing any more. What nobody else needs is given back, to be dropped where there is time for it, in
    /// this order; and the sites that nobody knows any more.
    pub fn end(&mut self, session: SessionId) -> (Vec<Attached>, BTreeSet<SiteId>) {
        self.off.remove(&session);
        let (mut unused, mut forgotten) = (Vec::new(), BTreeSet::new());
        self.attached.retain(|_, shared| {
            shared.sessions.remove(&session);
            let is_used = !shared.sessions.is_empty();
            if !is_used {
                forgotten.extend(shared.parts.sites());
                unused.extend(shared.parts.detach());
            }
            is_used
        });
        (unused, forgotten)
    }

    /// Sites are off or on from now on, as far as the session has them; which these are. [`settle`](Self::settle) makes it so.
    pub fn switch(&mut self, session: SessionId, on: bool, sites: &[SiteId]) -> Vec<SiteId> {
        let known = self.sites_of(session);
        let off = self.off.entry(session).or_default();
        let mut switched: Vec<_> = sites.iter().copied().filter(|site| known.contains(site)).collect();
        switched.retain(|site| if on { off.remove(site) } else { off.insert(*site) });
        if off.is_empty() {
            self.off.remove(&session);
        }
        switched
    }

    /// Whether what is attached is what is wanted, as it is unless sites are off or have been.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.off.is_empty() && self.attached.values().all(|shared| shared.parts.count_off() == 0)
    }

    /// Attaches to the sites that some session wants, and detaches from the others as soon as no span of theirs is open. What is
    /// given back is to be dropped in this order.
    pub fn settle(&mut self, programs: &SpanPrograms) -> Vec<Attached> {
        let off = &self.off;
        let wanted = |sessions: &BTreeSet<SessionId>, site: &SiteId| {
            sessions.iter().any(|session| off.get(session).is_none_or(|off| !off.contains(site)))
        };
        let settle = |shared: &mut Shared| {
            let sites = shared.parts.sites().into_iter().filter(|site| wanted(&shared.sessions, site)).collect();
            shared.parts.want(programs, &sites)
        };
        self.attached.values_mut().flat_map(settle).collect()
    }

    /// The sites that are attached to only until no span of theirs is open.
    #[must_use]
    pub fn leaving(&self) -> BTreeSet<SiteId> {
        self.attached.values().flat_map(|shared| shared.parts.leaving()).collect()
    }

    /// These are the sites of which spans are open. What is needed for none is given back.
    pub fn let_go(&mut self, open: &BTreeSet<SiteId>) -> Vec<Attached> {
        self.attached.values_mut().flat_map(|shared| shared.parts.let_go(open)).collect()
    }

    /// What is in the files that a session has.
    pub fn found_by(&self, session: SessionId) -> impl Iterator<Item = &Found> {
        self.attached.values().filter(move |shared| shared.sessions.contains(&session)).map(|shared| &*shared.found)
    }

    /// The sites that are off for a session, and those of them that are attached to nevertheless.
    #[must_use]
    pub fn off(&self, session: SessionId) -> (Vec<SiteId>, Vec<SiteId>) {
        let off: Vec<_> = self.off.get(&session).into_iter().flatten().copied().collect();
        let held: BTreeSet<_> = self.attached.values().flat_map(|shared| shared.parts.held()).collect();
        let still = off.iter().copied().filter(|site| held.contains(site)).collect();
        (off, still)
    }

    fn sites_of(&self, session: SessionId) -> BTreeSet<SiteId> {
        self.found_by(session).flat_map(|found| found.sites.iter().map(|site| site.id)).collect()
    }

    /// What is known of a file that was looked at before.
    fn known(&mut self, metadata: &Metadata, session: SessionId) -> Option<Looked> {
        let file = FileId::of(metadata);
        if let Some(shared) = self.attached.get_mut(&file) {
            let is_first = shared.sessions.insert(session);
            let (found, parts) = (&shared.found, &shared.parts);
            let addition = || Addition { found: Arc::clone(found), were_off: parts.count_off() };
            return Some(Looked { added: is_first.then(addition), in_use: Some(shared.in_use()) });
        }
        (self.without_sites.get(&file) == Some(&Changed::of(metadata))).then(Looked::default)
    }
}

impl Shared {
    fn in_use(&self) -> InUse {
        InUse { since: self.since, sites: self.found.sites.len() }
    }
}

impl FileId {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

impl Changed {
    fn of(metadata: &Metadata) -> Self {
        Self(metadata.ctime(), metadata.ctime_nsec())
    }
}
