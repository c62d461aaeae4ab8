//! Reading ELF files that nobody vouches for.
//!
//! A file is read in pieces, each of a size that is checked before a byte of memory is taken for it: a file that lies about
//! its sizes, or a sparse one of many gigabytes, costs no more than an honest one. Nothing is mapped, so a file that
//! shrinks meanwhile is an error and not a signal.

mod address;
mod architecture;
mod error;
mod functions;
mod image;
mod notes;
mod sections;
mod segments;
mod source;

pub use address::{Address, Bias, FileOffset, MemoryAddress};
pub use architecture::Architecture;
pub use error::{ElfError, Part};
pub use functions::Function;
pub use image::Image;
pub use notes::{LyingNote, Note, notes};
pub use sections::{Section, Sections};
pub use segments::{Segment, Segments};
