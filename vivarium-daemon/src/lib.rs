//! The library behind the commands `vivarium` and `vivariumd`.

pub mod accounting;
pub mod cli;
pub mod demo;
pub mod doctor;
pub mod elf;
pub mod exit;
mod fields;
pub mod kernel;
pub mod process;
pub mod record;
pub mod recording;
pub mod run;
pub mod session;
pub mod sink;
pub mod sites;
pub mod sweep;
pub mod text;
