//! Debian's package archive, read through an apt state of our own: the machine's lists and sources stay as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::host_command::{HostCommandError, output_of};

/// The keys that Debian signs its archive with.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Index files that apt would fetch beside the list of packages, and that nothing here reads.
const UNREAD_INDEXES: [&str; 8] = [
    "CNF",
    "Contents-deb",
    "DEP-11",
    "DEP-11-icons",
    "DEP-11-icons-hidpi",
    "DEP-11-icons-large",
    "DEP-11-icons-small",
    "Translations",
];

/// The file of apt's settings in its state.
const SETTINGS: &str = "apt.conf";

/// Why the archive could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AptError {
    #[error("{KEYRING} is missing; install it with `apt-get install debian-archive-keyring`")]
    NoKeyring,
    #[error("cannot prepare a private apt state; check the space and rights of the temporary directory")]
    State(#[from] io::Error),
    #[error(transparent)]
    Command(#[from] HostCommandError),
}

/// One suite of packages at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) address: String,
    pub(crate) suite: String,
}

impl Source {
    pub(crate) fn new(address: &str, suite: impl Into<String>) -> Self {
        Self { address: address.to_owned(), suite: suite.into() }
    }

    /// The line of a `sources.list`.
    pub(crate) fn line(&self) -> String {
        let Self { address, suite } = self;
        format!("deb [signed-by={KEYRING}] {address} {suite} main")
    }
}

/// What apt takes to be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Installed {
    /// Nothing: for packages that are downloaded and unpacked.
    Nothing,
    /// What this machine has: for packages that it shall have too.
    OnThisMachine,
}

/// An apt that knows certain sources only.
pub(crate) struct Apt {
    /// Its settings, lists and cache.
    state: TempDir,
}

impl Apt {
    /// An apt over `sources`, with their lists of packages up to date.
    pub(crate) fn over(sources: &[Source], installed: Installed) -> Result<Self, AptError> {
        if !Path::new(KEYRING).exists() {
            return Err(AptError::NoKeyring);
        }
        let state = tempfile::tempdir()?;
        let at = |name: &str| state.path().join(name);
        for directory in ["lists/partial", "cache/archives/partial", "parts.d"] {
            fs::create_dir_all(at(directory))?;
        }
        let lines: String = sources.iter().map(|source| source.line() + "\n").collect();
        fs::write(at("sources.list"), lines)?;

        let mut settings = vec![
            ("Dir::Etc::sourcelist".to_owned(), at("sources.list")),
            ("Dir::Etc::sourceparts".to_owned(), at("parts.d")),
            ("Dir::Etc::preferencesparts".to_owned(), at("parts.d")),
            ("Dir::State::Lists".to_owned(), at("lists")),
            ("Dir::Cache".to_owned(), at("cache")),
            ("Acquire::Languages".to_owned(), PathBuf::from("none")),
            ("APT::Architecture".to_owned(), PathBuf::from("amd64")),
            // The temporary directory is closed to apt's own unprivileged user.
            ("APT::Sandbox::User".to_owned(), PathBuf::from("root")),
        ];
        for index in UNREAD_INDEXES {
            let setting = format!("Acquire::IndexTargets::deb::{index}::DefaultEnabled");
            settings.push((setting, PathBuf::from("false")));
        }
        if installed == Installed::Nothing {
            fs::write(at("status"), "")?;
            settings.push(("Dir::State::status".to_owned(), at("status")));
        }
        let settings: String =
            settings.iter().map(|(name, value)| format!("{name} \"{}\";\n", value.display())).collect();
        fs::write(at(SETTINGS), settings)?;
        let apt = Self { state };
        output_of(apt.command("apt-get").arg("update"), "apt")?;
        Ok(apt)
    }

    /// The names of the packages that the newest version of `package` depends on.
    pub(crate) fn dependencies(&self, package: &str) -> Result<Vec<String>, AptError> {
        let mut show = self.command("apt-cache");
        show.args(["show", "--no-all-versions", package]);
        let record = output_of(&mut show, "apt")?;
        Ok(dependencies_in(&String::from_utf8_lossy(&record)))
    }

    /// Downloads the newest versions of `packages` into `directory`, as `.deb` files.
    pub(crate) fn download(&self, packages: &[&str], directory: &Path) -> Result<(), AptError> {
        let mut download = self.command("apt-get");
        download.arg("download").args(packages).current_dir(directory);
        output_of(&mut download, "apt")?;
        Ok(())
    }

    /// Installs `package` from `suite` on this machine, removing nothing.
    pub(crate) fn install(&self, package: &str, suite: &str) -> Result<(), AptError> {
        let mut install = self.command("apt-get");
        install
            .args(["install", "--yes", "--no-install-recommends", "--no-remove"])
            .args(["--target-release", suite, package])
            .env("DEBIAN_FRONTEND", "noninteractive");
        output_of(&mut install, "apt")?;
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-qq").arg("--config-file").arg(self.state.path().join(SETTINGS)).env("LC_ALL", "C");
        command
    }
}

/// The names in the `Depends` field of a package's record: of alternatives the first, without versions.
fn dependencies_in(record: &str) -> Vec<String> {
    record
        .lines()
        .filter_map(|line| line.strip_prefix("Depends: "))
        .flat_map(|names| names.split(','))
        .filter_map(|name| name.split_whitespace().next())
        .map(|name| name.split(':').next().unwrap_or(name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_one_signed_line() {
        let source = Source::new("http://mirror.example/debian", "sid");
        assert_eq!(
            source.line(),
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian sid main"
        );
    }

    #[test]
    fn dependencies_come_without_versions_architectures_and_alternatives() {
        let record = "Package: linux-image-6.1.0-9-cloud-amd64\n\
                      Pre-Depends: not-this\n\
                      Depends: kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120) | linux-initramfs-tool, libc6:amd64\n\
                      Recommends: nor-this\n";
        assert_eq!(dependencies_in(record), ["kmod", "linux-base", "initramfs-tools", "libc6"]);
    }

    #[test]
    fn a_record_without_dependencies_has_none() {
        assert!(dependencies_in("Package: lonely\nVersion: 1\n").is_empty());
    }
}
