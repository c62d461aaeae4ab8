//! The ABI of Vivarium: what the observed program, the BPF programs and the daemon agree on.
//!
//! A *site* is a static place in the code: a marked function or a `span!`. The [`site!`] macro lays it down: a
//! [`Semaphore`] that tells whether anyone is looking, three probe instructions, and notes in the ELF file from
//! which every tool reads where they are ([`note`] describes ours; `.note.stapsdt` is SystemTap's).
//!
//! Nothing here needs an operating system, an allocator or the standard library.
#![no_std]

#[cfg(test)]
extern crate std;

#[macro_use]
mod flags;

pub mod dynamic;
pub mod event;
pub mod load;
pub mod note;
#[cfg(not(target_arch = "bpf"))]
mod place;
pub mod probe;
#[cfg(not(target_arch = "bpf"))]
mod semaphore;
mod site;
pub mod wire;

#[cfg(not(target_arch = "bpf"))]
pub use place::{Place, SUPPORTED};
#[cfg(not(target_arch = "bpf"))]
pub use semaphore::Semaphore;
#[doc(hidden)]
pub use site::place_name;
pub use site::{InstanceId, Site, SiteId, SiteKind};
