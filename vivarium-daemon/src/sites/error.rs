//! Why the sites of a file cannot be told.

use std::io;

use crate::elf::ElfError;

/// Why the sites of a file cannot be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The file itself cannot be read.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// There are sites, and nothing that tells about them.
    #[error(
        "has probe sites, but the notes that describe them were stripped: build it again, and strip it with \
         `strip = \"symbols\"` in the Cargo profile, with GNU strip, or with \
         `llvm-strip --strip-all --keep-section=.note.stapsdt --keep-section=.note.vivarium`"
    )]
    Stripped,
    /// A note contradicts the format.
    #[error("is damaged: note {index} in section {section} {flaw}; copy or build it again")]
    DamagedNote {
        /// The section.
        section: &'static str,
        /// Which note in it, counted from zero.
        index: usize,
        /// What is wrong with it.
        flaw: NoteFlaw,
    },
    /// There are more notes than any honest file has.
    #[error("is damaged or hostile: section {section} has more than the {limit} notes that are read; build it again")]
    TooManyNotes {
        /// The section.
        section: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// A probe belongs to a site that no note describes.
    #[error("is damaged: a probe belongs to site {0}, which no note describes; copy or build it again")]
    Orphan(vivarium_sys::SiteId),
    /// The code cannot be looked at.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl CatalogError {
    /// Whether there are sites that nobody sees, as far as can be told.
    #[must_use]
    pub const fn hides(&self) -> bool {
        match self {
            Self::Elf(error) => error.hides(),
            _ => true,
        }
    }
}

/// What is wrong with a note.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoteFlaw {
    /// It is larger than the section.
    #[error("is larger than the section")]
    Larger,
    /// It belongs to someone else, so the one before it lied.
    #[error("has an owner that it cannot have")]
    Owner,
    /// Its fields do not fill it exactly.
    #[error("is longer or shorter than its fields")]
    Length,
    /// It tells of something of a newer version.
    #[error("tells of a kind of site or probe that this version does not know (if it is newer, update vivarium)")]
    Kind,
}
