//! Stock Debian kernels: choosing, fetching and keeping them.

mod bzimage;
mod cache;
mod fetch;
mod line;

use std::path::PathBuf;

pub(crate) use cache::{Cache, Freshness};
pub(crate) use line::{KernelLine, KernelSelection};

/// A kernel on this machine, ready to boot.
#[derive(Debug)]
pub(crate) struct Kernel {
    pub(crate) line: KernelLine,
    /// What `uname -r` prints under it.
    pub(crate) release: String,
    /// The unpacked kernel.
    pub(crate) vmlinux: PathBuf,
    /// The shell and the other tools of a guest in one static program, from the same suite.
    pub(crate) busybox: PathBuf,
    /// The directory of the modules that guests load, which are part of the kernel elsewhere.
    pub(crate) modules: PathBuf,
}
