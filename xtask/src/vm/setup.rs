//! `cargo xtask vm-setup`: gets onto this machine what virtual machines need.

use std::process::ExitCode;

use super::kernel::{Cache, Freshness, KernelSelection};
use super::qemu::{Qemu, QemuError, QemuInstallation};

/// Install QEMU where it is missing (as root), and fetch kernels
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which kernels: 6.1, 6.12, newest or all
    #[arg(long, default_value = "all")]
    kernel: KernelSelection,
    /// Fetch what Debian has today, even where an earlier version is in the cache
    #[arg(long)]
    refresh: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let qemu = match Qemu::find() {
        Err(QemuError::Missing { .. } | QemuError::TooOld { .. }) => {
            QemuInstallation::for_this_machine()?.run()?;
            Qemu::find()?
        }
        found => found?,
    };
    println!("QEMU {}", qemu.version);
    let freshness = if args.refresh { Freshness::Today } else { Freshness::Kept };
    let cache = Cache::of_this_user()?;
    for line in args.kernel.lines() {
        let kernel = cache.kernel(*line, freshness)?;
        println!("kernel {line}: {}", kernel.release);
    }
    Ok(ExitCode::SUCCESS)
}
