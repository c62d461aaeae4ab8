//! The library behind the commands `vivarium` and `vivariumd`.

pub mod attach;
pub mod cli;
pub mod daemon;
pub mod demo;
pub mod doctor;
pub mod elf;
pub mod exit;
mod family;
mod fields;
pub mod kernel;
pub mod process;
pub mod run;
pub mod sites;
pub mod sweep;
