//! Which files are attached to.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use vivarium_session::session::SiteInfo;
use vivarium_session::text::Text;

use super::uprobe::{Attached, Refusal, SpanPrograms};
use crate::elf::{ElfError, Image};
use crate::sites::{Catalog, CatalogError, Obstacle, Site};

/// The files that were looked at, and what is attached to them.
///
/// A file is known by its inode, whatever it is called. As long as something is attached to it, its number cannot become
/// that of another file; of one without sites it is also kept when it last changed.
#[derive(Debug, Default)]
pub struct Attachments {
    attached: BTreeMap<FileId, Attached>,
    without_sites: BTreeMap<FileId, Changed>,
}

/// A file, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct FileId {
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
    /// Attaches to all sites of a program or a library, unless it was looked at before; anything else has none.
    ///
    /// # Errors
    /// When its sites cannot be told.
    pub fn add(&mut self, programs: &SpanPrograms, path: &Path) -> Result<Option<Found>, CatalogError> {
        if fs::metadata(path).is_ok_and(|metadata| self.knows(&metadata)) {
            return Ok(None);
        }
        let image = match Image::open(path) {
            Ok(image) => image,
            // Scripts, and programs of other kinds.
            Err(ElfError::NotElf | ElfError::Script | ElfError::Narrow | ElfError::NotRegular) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // By now it may be another one.
        let metadata = image.file().metadata()?;
        if self.knows(&metadata) {
            return Ok(None);
        }
        let catalog = Catalog::read(&image)?;
        if catalog.is_empty() {
            self.without_sites.insert(FileId::of(&metadata), Changed::of(&metadata));
            return Ok(Some(Found::default()));
        }
        let mut attached = programs.attach(image.file(), &catalog);
        let refused = std::mem::take(&mut attached.refused);
        self.attached.insert(FileId::of(&metadata), attached);
        let obstacle = |site: &Site| Some((site.function(), site.attachable().err()?));
        Ok(Some(Found {
            sites: catalog.sites.iter().map(SiteInfo::from).collect(),
            has_dynamic: catalog.dynamic.is_some(),
            obstacles: catalog.sites.iter().filter_map(obstacle).collect(),
            refused,
        }))
    }

    /// Whether the file was looked at before.
    fn knows(&self, metadata: &Metadata) -> bool {
        let file = FileId::of(metadata);
        self.attached.contains_key(&file) || self.without_sites.get(&file) == Some(&Changed::of(metadata))
    }
}

impl FileId {
    fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

impl Changed {
    fn of(metadata: &Metadata) -> Self {
        Self(metadata.ctime(), metadata.ctime_nsec())
    }
}
