//! What the end-to-end tests share: finding binaries, building fixtures, running oracles.

pub mod cargo;
pub mod daemon;
pub mod deeds;
pub mod kinds;
pub mod listing;
pub mod observation;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod observer;
pub mod programs;
pub mod readelf;
#[cfg(target_os = "linux")]
pub mod registered;
pub mod seen;
pub mod specimen;
pub mod strace;
pub mod tool;
pub mod uprobes;
pub mod waiting;
