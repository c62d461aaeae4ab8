//! Which files are attached to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use vivarium_session::session::SiteInfo;
use vivarium_session::text::Text;

use super::SessionId;
use super::uprobe::{Attached, Refusal, SpanPrograms};
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
}

/// What is attached to a file, and for whom.
#[derive(Debug)]
struct Shared {
    attached: Attached,
    found: Arc<Found>,
    sessions: BTreeSet<SessionId>,
}

/// A file that a session had nothing of before.
#[derive(Clone, Debug)]
pub struct Addition {
    /// What is in it.
    pub found: Arc<Found>,
    /// Whether it was attached to for this session, and not for an earlier one that still runs.
    pub is_new: bool,
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
}

impl Attachments {
    /// Attaches to all sites of a program or a library, unless the session has it already; anything else has none.
    ///
    /// # Errors
    /// When its sites cannot be told.
    pub fn add(
        &mut self,
        programs: &SpanPrograms,
        path: &Path,
        session: SessionId,
    ) -> Result<Option<Addition>, CatalogError> {
        if let Ok(metadata) = fs::metadata(path)
            && let Some(known) = self.known(&metadata, session)
        {
            return Ok(known);
        }
        match Image::open(path) {
            Ok(image) => self.add_image(programs, &image, session),
            // Scripts, and programs of other kinds.
            Err(ElfError::NotElf | ElfError::Script | ElfError::Narrow | ElfError::NotRegular) => Ok(None),
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
    ) -> Result<Option<Addition>, CatalogError> {
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
            return Ok(None);
        }
        let mut attached = programs.attach(image.file(), &catalog);
        let refused = std::mem::take(&mut attached.refused);
        let obstacle = |site: &Site| Some((site.function(), site.attachable().err()?));
        let found = Arc::new(Found {
            sites: catalog.sites.iter().map(SiteInfo::from).collect(),
            has_dynamic: catalog.dynamic.is_some(),
            obstacles: catalog.sites.iter().filter_map(obstacle).collect(),
            refused,
        });
        let shared = Shared { attached, found: Arc::clone(&found), sessions: BTreeSet::from([session]) };
        self.attached.insert(FileId::of(&metadata), shared);
        Ok(Some(Addition { found, is_new: true }))
    }

    /// The session needs nothing any more. What nobody else needs is given back, to be dropped where there is time for it.
    pub fn end(&mut self, session: SessionId) -> Vec<Attached> {
        let mut unused = Vec::new();
        self.attached.retain(|_, shared| {
            shared.sessions.remove(&session);
            let is_used = !shared.sessions.is_empty();
            if !is_used {
                unused.push(std::mem::take(&mut shared.attached));
            }
            is_used
        });
        unused
    }

    /// What is new to the session in a file that was looked at before.
    fn known(&mut self, metadata: &Metadata, session: SessionId) -> Option<Option<Addition>> {
        let file = FileId::of(metadata);
        if let Some(shared) = self.attached.get_mut(&file) {
            let is_first = shared.sessions.insert(session);
            return Some(is_first.then(|| Addition { found: Arc::clone(&shared.found), is_new: false }));
        }
        (self.without_sites.get(&file) == Some(&Changed::of(metadata))).then_some(None)
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
