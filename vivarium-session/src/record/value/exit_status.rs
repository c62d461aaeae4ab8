//! How a process ended.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::names;

/// What a process left behind, as `wait(2)` gives it.
///
/// In JSON an object with `code`, or with `signal` (as any signal) and `core` (whether it dumped core).
///
/// ```
/// use vivarium_session::record::value::ExitStatus;
/// assert_eq!(ExitStatus(1 << 8).to_string(), "exit 1");
/// assert_eq!(ExitStatus(11 | 0x80).to_string(), "SIGSEGV (core dumped)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus(pub u64);

impl ExitStatus {
    /// The code, unless a signal ended it.
    #[must_use]
    pub const fn code(self) -> Option<u8> {
        if self.0 & 0x7f == 0 { Some((self.0 >> 8) as u8) } else { None }
    }

    /// Whether it ended by itself with code 0.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.code(), Some(0))
    }

    const fn signal(self) -> u64 {
        self.0 & 0x7f
    }

    const fn dumped_core(self) -> bool {
        self.0 & 0x80 != 0
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write!(f, "exit {code}"),
            None => {
                let core = if self.dumped_core() { " (core dumped)" } else { "" };
                write!(f, "{}{core}", names::signal(self.signal()))
            }
        }
    }
}

impl Serialize for ExitStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.code() {
            Some(code) => map.serialize_entry("code", &code)?,
            None => {
                map.serialize_entry("signal", &names::signal(self.signal()))?;
                map.serialize_entry("core", &self.dumped_core())?;
            }
        }
        map.end()
    }
}
