//! Where this machine gets Debian packages from.

use std::env;
use std::process::Command;

use crate::host_command::{HostCommandError, output_of};

/// Set to the address of a Debian archive, it is used in place of the one among apt's sources.
const MIRROR_VARIABLE: &str = "VIVARIUM_DEBIAN_MIRROR";

/// Why no mirror is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MirrorError {
    #[error(
        "apt has no Debian archive among its sources; set {MIRROR_VARIABLE} to the address of one, such as the `URIs` \
         line of a Debian machine's /etc/apt/sources.list.d/debian.sources"
    )]
    NotFound,
    #[error(transparent)]
    Apt(#[from] HostCommandError),
}

/// The Debian mirror that this machine's own apt uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror {
    /// The address of the archive, without a slash at its end.
    pub(crate) archive: String,
    /// The address of the security archive, where apt has one.
    pub(crate) security: Option<String>,
}

impl Mirror {
    /// The mirror among apt's sources, or the one that the environment names.
    pub(crate) fn of_this_machine() -> Result<Self, MirrorError> {
        if let Ok(archive) = env::var(MIRROR_VARIABLE) {
            return Ok(Self { archive: archive.trim_end_matches('/').to_owned(), security: None });
        }
        // Unlike apt's other listings, this one does not need an `apt-get update` before.
        let mut apt = Command::new("apt-get");
        apt.args(["--print-uris", "update"]);
        let files = output_of(&mut apt, "apt")?;
        Self::among(&String::from_utf8_lossy(&files)).ok_or(MirrorError::NotFound)
    }

    /// Finds the mirror among the files that apt would fetch, one on each line: its quoted address, then other fields.
    fn among(files: &str) -> Option<Self> {
        let addresses = || files.lines().filter_map(|file| Some(file.strip_prefix('\'')?.split_once("/dists/")?.0));
        let named = |directory: &str| {
            let mut addresses = addresses();
            addresses.find(|address| address.rsplit('/').next() == Some(directory)).map(str::to_owned)
        };
        Some(Self { archive: named("debian")?, security: named("debian-security") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of apt for one file at `address`.
    fn line(address: &str) -> String {
        format!("'{address}/dists/bookworm/InRelease' some_file_name 0 \n")
    }

    #[test]
    fn finds_the_archive_and_its_security_updates_among_other_repositories() {
        let files = line("http://vendor.example/node_20.x")
            + &line("http://mirror.example/pub/debian-security")
            + &line("http://mirror.example/pub/debian")
            + &line("http://other.example/debian");
        assert_eq!(
            Mirror::among(&files),
            Some(Mirror {
                archive: "http://mirror.example/pub/debian".to_owned(),
                security: Some("http://mirror.example/pub/debian-security".to_owned()),
            })
        );
    }

    #[test]
    fn a_machine_without_security_updates_still_has_an_archive() {
        let mirror = Mirror::among(&line("http://mirror.example/debian")).unwrap();
        assert_eq!(mirror.security, None);
    }

    #[test]
    fn repositories_of_others_are_not_a_debian_archive() {
        assert_eq!(Mirror::among(&line("http://vendor.example/debian-tools")), None);
        assert_eq!(Mirror::among(""), None);
    }
}
