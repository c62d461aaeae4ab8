//! Where the daemon listens.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where the daemon listens unless something else is said.
pub const DEFAULT_SOCKET: &str = "/run/vivarium/vivariumd.sock";
/// The variable of the environment that says something else, to both sides.
pub const SOCKET_VARIABLE: &str = "VIVARIUM_SOCKET";

/// Where the daemon listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SocketPath(PathBuf);

impl SocketPath {
    /// There.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where the environment says, or else in the usual place.
    #[must_use]
    pub fn from_environment() -> Self {
        let said = env::var_os(SOCKET_VARIABLE).filter(|path| !path.is_empty());
        Self(said.map_or_else(|| DEFAULT_SOCKET.into(), PathBuf::from))
    }

    /// As a path.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for SocketPath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for SocketPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}
