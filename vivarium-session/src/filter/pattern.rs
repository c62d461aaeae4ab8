//! Patterns of names and paths.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::FilterError;
use crate::text::without_detours;

/// A pattern of names or paths: `?`, `*`, `**`, `[a-z]`, `{one,other}`, and `!` in front for what doesn't match.
///
/// Of a path, `*` matches what has no slash in it, and `**` whole parts. A pattern without a slash is one of the last part,
/// and one that ends with a slash is of everything below.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern of paths.
    ///
    /// ```
    /// use vivarium_session::filter::Pattern;
    /// let matches = |pattern, path: &[u8]| Pattern::of_path(pattern).unwrap().matches_path(path);
    /// assert!(matches("/etc/**", b"/etc/ssl/certs"));
    /// assert!(matches("/etc/", b"/etc/ssl/certs"));
    /// assert!(matches("*.so", b"/lib/libz.so"));
    /// assert!(!matches("/etc/*", b"/etc/ssl/certs"));
    /// ```
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn of_path(pattern: &str) -> Result<Self, FilterError> {
        Self::of_name(pattern)
    }

    /// A pattern of names.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn of_name(pattern: &str) -> Result<Self, FilterError> {
        let refuse = |why: String| FilterError::Pattern { pattern: pattern.to_owned(), why };
        if pattern.is_empty() {
            return Err(refuse("it is empty".to_owned()));
        }
        match fast_glob::validate(pattern) {
            Ok(()) => Ok(Self(pattern.to_owned())),
            Err(error) => Err(refuse(error.to_string())),
        }
    }

    /// Whether a path matches, or its last part if the pattern has no slash.
    #[must_use]
    pub fn matches_path(&self, path: &[u8]) -> bool {
        let (pattern, path) = (self.0.as_str(), &*without_detours(path));
        if !pattern.contains('/') {
            let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            return fast_glob::glob_match(pattern, last);
        }
        match pattern.ends_with('/') {
            true => fast_glob::glob_match(format!("{pattern}**"), path),
            false => fast_glob::glob_match(pattern, path),
        }
    }

    /// Whether a name matches.
    #[must_use]
    pub fn matches_name(&self, name: &[u8]) -> bool {
        fast_glob::glob_match(&self.0, name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_hold_any_bytes() {
        let pattern = Pattern::of_path("/tmp/**").unwrap();
        assert!(pattern.matches_path(b"/tmp/\xff\n/x"));
        assert!(pattern.matches_path("/tmp/ein Ä/ö".as_bytes()));
        assert!(!pattern.matches_path(b"/tm/x"));
        assert!(!pattern.matches_path(b""));
    }

    #[test]
    fn a_path_is_that_of_its_file_however_it_is_written() {
        for path in [&b"/tmp/file"[..], b"/tmp/./file", b"/tmp//file", b"/./tmp/file/."] {
            for pattern in ["/tmp/file", "file", "/tmp/"] {
                assert!(Pattern::of_path(pattern).unwrap().matches_path(path), "{pattern} {path:?}");
            }
        }
    }

    #[test]
    fn what_is_not_closed_is_refused() {
        for pattern in ["", "{a,b", "[a", "a\\"] {
            assert!(matches!(Pattern::of_path(pattern), Err(FilterError::Pattern { .. })), "{pattern}");
        }
    }
}
