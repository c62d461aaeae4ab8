//! The ELF notes in `.note.vivarium`, from which a tool learns everything about a site without touching the process.
//!
//! Every note has the owner [`OWNER`] and one of two types:
//!
//! | type | descriptor (little endian, as laid out in the file) |
//! |---|---|
//! | [`TYPE_SITE`] | site id `u64`, line `u32`, column `u32`, kind `u8`, then module path, function and file, each ended by a zero byte |
//! | [`TYPE_PROBE`] | address of the probe `u64`, of `.stapsdt.base` `u64`, of the semaphore `u64`, site id `u64`, probe `u8` |
//! | [`TYPE_REGISTRY`] | address of the registry of dynamic sites `u64`, of `.stapsdt.base` `u64` |
//!
//! Addresses are those at link time; a tool that finds `.stapsdt.base` elsewhere (prelink moves it) shifts them by the
//! difference. A site has one site note per copy of its start probe and one probe note per copy of each of its probes.
//! The shared probes of dynamic sites carry the site id 0: the real one is an argument of the probe.
//!
//! The section is not loaded. Whatever keeps `.note.stapsdt` keeps it.

/// The section.
pub const SECTION: &str = ".note.vivarium";
/// The owner of each note, without its ending zero byte.
pub const OWNER: &str = "vivarium";
/// A note that describes a site.
pub const TYPE_SITE: u32 = 1;
/// A note that locates one probe of a site.
pub const TYPE_PROBE: u32 = 2;
/// A note that locates the registry of dynamic sites in the memory of the process.
pub const TYPE_REGISTRY: u32 = 3;

/// SystemTap's section, which every other tool reads.
pub const STAPSDT_SECTION: &str = ".note.stapsdt";
/// The owner of SystemTap's notes.
pub const STAPSDT_OWNER: &str = "stapsdt";
/// The type of SystemTap's notes, version 3 of the format.
pub const STAPSDT_TYPE: u32 = 3;
