//! The specimen: a small program with a site of every kind, which loads a plugin that has some, too.
//!
//! It is a workspace of its own, so that it can be built in ways in which the tests themselves aren't.

mod build;
mod running;

use std::path::PathBuf;

pub use build::{Build, Profile};
pub use running::{Running, RunningError};

/// A built specimen.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The program.
    pub program: PathBuf,
    /// The library that it loads, where programs can load libraries.
    pub plugin: Option<PathBuf>,
}
