//! Debian packages: where they come from, and getting them without installing them.

mod apt;
mod deb;
mod mirror;

pub(crate) use apt::{Apt, AptError, Installed, Source};
pub(crate) use deb::{UnpackError, unpack_all};
pub(crate) use mirror::{Mirror, MirrorError};
