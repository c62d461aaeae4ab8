//! The station between the kernel side and people: raw records become spans and events, a verdict is reached, and sinks
//! write it down as a tree, as lines, or as a recording that goes the same way again.
//!
//! Nothing here needs privileges, or a kernel that can be observed.

pub mod accounting;
pub mod catalog;
pub mod filter;
pub mod pid;
pub mod record;
pub mod recording;
pub mod session;
pub mod sink;
pub mod text;
