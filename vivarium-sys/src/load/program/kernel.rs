//! The system as a whole.

use super::Program;

pub(super) const PROGRAMS: &[Program] = &[];
