//! Text that someone else wrote: names, paths and arguments from files and processes.
//!
//! It is bytes, usually UTF-8. People see it escaped, so that it cannot steer their terminal; machines get it whole.

mod bytes;
mod detours;
mod escape;
mod quoted;

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use bytes::Bytes;
pub use detours::without_detours;
pub use escape::Escaped;
pub use quoted::Quoted;

/// A text that isn't trusted.
///
/// ```
/// use vivarium_session::text::Text;
/// let name = Text::new(b"red \x1b[31m and a byte \xff");
/// assert_eq!(name.to_string(), r"red \u{1b}[31m and a byte \xff");
/// assert_eq!(serde_json::to_string(&Text::new(b"plain")).unwrap(), r#""plain""#);
/// assert_eq!(serde_json::to_string(&Text::new(b"a\xff")).unwrap(), "[97,255]");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Box<[u8]>);

impl Text {
    /// A copy of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes as they are.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as a path.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl From<&Path> for Text {
    fn from(path: &Path) -> Self {
        Self::new(path.as_os_str().as_bytes())
    }
}

/// As people may see it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(&self.0).fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// As [`Bytes`].
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Bytes(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes::deserialize(deserializer).map(|bytes| Self(bytes.into()))
    }
}
