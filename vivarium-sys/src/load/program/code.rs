//! Code that comes to be executed.

use super::Program;

pub(super) const PROGRAMS: &[Program] = &[];
