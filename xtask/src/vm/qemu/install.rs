//! How QEMU comes onto a machine.

use std::fs;

use crate::vm::packages::{Apt, AptError, Installed, Mirror, MirrorError, Source};

const PACKAGE: &str = "qemu-system-x86";

/// Why QEMU could not be installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error("/etc/os-release does not say which Debian this is; install QEMU 10 or newer by hand")]
    UnknownSystem,
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error("cannot install QEMU; it needs root, so run this under sudo")]
    Apt(#[from] AptError),
}

/// The installation of QEMU that fits this machine.
pub(crate) struct QemuInstallation {
    sources: Vec<Source>,
    suite: String,
}

impl QemuInstallation {
    pub(crate) fn for_this_machine() -> Result<Self, InstallError> {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let codename = codename_in(&release).ok_or(InstallError::UnknownSystem)?;
        Ok(Self::new(codename, &Mirror::of_this_machine()?))
    }

    fn new(codename: &str, mirror: &Mirror) -> Self {
        let mut sources = vec![Source::new(&mirror.archive, codename)];
        // Unstable has neither updates nor security updates of its own.
        if codename != "sid" {
            sources.push(Source::new(&mirror.archive, format!("{codename}-updates")));
            if let Some(security) = &mirror.security {
                sources.push(Source::new(security, format!("{codename}-security")));
            }
        }
        let mut suite = codename.to_owned();
        // QEMU 7.2, which bookworm itself has, races when a guest with two processors patches its code: attaching
        // BPF programs ends in int3 oopses. 10.0 does not.
        if codename == "bookworm" {
            suite.push_str("-backports");
            sources.push(Source::new(&mirror.archive, suite.clone()));
        }
        Self { sources, suite }
    }

    /// The same as [`run`](Self::run), for a person to type.
    pub(crate) fn shell_line(&self) -> String {
        let Self { sources, suite } = self;
        let install = format!("apt-get install --no-install-recommends --no-remove -t {suite} {PACKAGE}");
        match sources.iter().find(|source| source.suite.ends_with("-backports")) {
            Some(backports) => format!(
                "echo '{}' >/etc/apt/sources.list.d/{suite}.list && apt-get update && {install}",
                backports.line()
            ),
            None => format!("apt-get update && {install}"),
        }
    }

    /// Installs QEMU, without adding a source to the machine's apt.
    pub(crate) fn run(&self) -> Result<(), InstallError> {
        let apt = Apt::over(&self.sources, Installed::OnThisMachine)?;
        Ok(apt.install(PACKAGE, &self.suite)?)
    }
}

/// The codename in an `os-release` file.
fn codename_in(os_release: &str) -> Option<&str> {
    os_release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .map(|name| name.trim_matches('"'))
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror() -> Mirror {
        Mirror {
            archive: "http://mirror.example/debian".to_owned(),
            security: Some("http://mirror.example/debian-security".to_owned()),
        }
    }

    #[test]
    fn bookworm_takes_qemu_from_its_backports() {
        let line = QemuInstallation::new("bookworm", &mirror()).shell_line();
        assert!(line.contains("http://mirror.example/debian bookworm-backports main"), "{line}");
        assert!(line.contains("--no-remove -t bookworm-backports qemu-system-x86"), "{line}");
    }

    #[test]
    fn later_releases_have_a_qemu_that_is_new_enough() {
        let installation = QemuInstallation::new("trixie", &mirror());
        let suites: Vec<_> = installation.sources.iter().map(|source| &source.suite).collect();
        assert_eq!(suites, ["trixie", "trixie-updates", "trixie-security"]);
        assert!(installation.shell_line().ends_with("-t trixie qemu-system-x86"));
    }

    #[test]
    fn reads_the_codename_with_and_without_quotes() {
        assert_eq!(codename_in("ID=debian\nVERSION_CODENAME=bookworm\n"), Some("bookworm"));
        assert_eq!(codename_in("VERSION_CODENAME=\"trixie\"\n"), Some("trixie"));
        assert_eq!(codename_in("ID=arch\n"), None);
    }
}
