//! The QEMU of this machine, and the machines that it makes.

mod boot;
mod channels;
mod install;
mod machine;

use std::process::Command;

use semver::Version;

pub(crate) use boot::{BootError, GuestEvent};
pub(crate) use channels::Channel;
pub(crate) use install::QemuInstallation;
pub(crate) use machine::{LsmList, Machine};

use crate::host_command::output_of;

const PROGRAM: &str = "qemu-system-x86_64";

/// The oldest version that runs guests with two processors and BPF programs reliably.
const OLDEST: Version = Version::new(10, 0, 0);

/// Why there is no QEMU to run a guest with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QemuError {
    #[error("QEMU is not installed. {remedy}")]
    Missing { remedy: String },
    #[error("QEMU {found} is too old: {OLDEST} or newer is needed. {remedy}")]
    TooOld { found: Version, remedy: String },
    #[error("`{PROGRAM} --version` says nothing that looks like a version; reinstall QEMU")]
    NoVersion,
}

/// What to type to get QEMU on this machine.
fn remedy() -> String {
    match QemuInstallation::for_this_machine() {
        Ok(installation) => format!("As root, run `cargo xtask vm-setup`, or:\n\n    {}\n", installation.shell_line()),
        Err(error) => error.to_string(),
    }
}

/// The version in the first line that QEMU prints when asked for it.
fn version_in(banner: &str) -> Option<Version> {
    let (_, rest) = banner.lines().next()?.split_once("version ")?;
    Version::parse(rest.split_whitespace().next()?).ok()
}

/// An installed QEMU that is new enough.
#[derive(Debug)]
pub(crate) struct Qemu {
    pub(crate) version: Version,
}

impl Qemu {
    /// The QEMU of this machine, or how to get it.
    pub(crate) fn find() -> Result<Self, QemuError> {
        let Ok(banner) = output_of(Command::new(PROGRAM).arg("--version"), "qemu-system-x86") else {
            return Err(QemuError::Missing { remedy: remedy() });
        };
        let found = version_in(&String::from_utf8_lossy(&banner)).ok_or(QemuError::NoVersion)?;
        if found < OLDEST {
            return Err(QemuError::TooOld { found, remedy: remedy() });
        }
        Ok(Self { version: found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_from_the_banner() {
        let banner = "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1)\nCopyright (c) 2003-2025\n";
        assert_eq!(version_in(banner), Some(Version::new(10, 0, 2)));
        assert_eq!(version_in("no such thing"), None);
    }

    #[test]
    fn bookworms_own_qemu_is_too_old() {
        let bookworm = version_in("QEMU emulator version 7.2.17 (Debian 1:7.2+dfsg-7)").unwrap();
        assert!(bookworm < OLDEST);
        assert!(Version::new(10, 1, 0) > OLDEST);
    }
}
