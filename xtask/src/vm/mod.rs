//! Virtual machines with stock Debian kernels, for the tests that need a kernel of a certain version and boot line.
//!
//! The way of a test into a guest: [`kernel`] fetches a kernel from the [`packages`] of Debian, [`guest`] makes the disk
//! with the test and all that it needs, [`qemu`] boots the two and passes on what happens, [`suite`] does so for every
//! test and keeps the outcomes; several guests run [`at_once`]. The verbs on top are [`matrix`] (`vm`), [`exec`] (`vm-exec`)
//! and [`setup`] (`vm-setup`).

mod at_once;
pub(crate) mod exec;
mod guest;
mod kernel;
pub(crate) mod matrix;
mod packages;
mod qemu;
pub(crate) mod setup;
mod suite;
