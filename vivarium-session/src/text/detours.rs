//! Parts of a path that lead nowhere.

use std::borrow::Cow;

/// An absolute path without the parts of it that lead nowhere: `.` and empty ones, as in `/tmp/.//file`. What `..` leads to,
/// only the file system knows.
///
/// ```
/// use vivarium_session::text::without_detours;
/// assert_eq!(&*without_detours(b"/tmp/.//file"), b"/tmp/file");
/// assert_eq!(&*without_detours(b"/tmp/../file/"), b"/tmp/../file");
/// assert_eq!(&*without_detours(b"./as/it/is"), b"./as/it/is");
/// ```
#[must_use]
pub fn without_detours(path: &[u8]) -> Cow<'_, [u8]> {
    let Some(rest) = path.strip_prefix(b"/") else { return Cow::Borrowed(path) };
    let is_detour = |part: &&[u8]| part.is_empty() || *part == b".";
    let parts = || rest.split(|byte| *byte == b'/');
    if rest.is_empty() || !parts().any(|part| is_detour(&part)) {
        return Cow::Borrowed(path);
    }
    let parts: Vec<_> = parts().filter(|part| !is_detour(part)).collect();
    Cow::Owned([b"/".as_slice(), &parts.join(&b'/')].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_any_is_not_copied() {
        for path in [&b"/"[..], b"/a", b"/a/.b/c.", b"/a/..", b"", b"a//b"] {
            assert!(matches!(without_detours(path), Cow::Borrowed(same) if same == path), "{path:?}");
        }
    }

    #[test]
    fn the_root_stays() {
        for path in [&b"//"[..], b"/.", b"/./"] {
            assert_eq!(&*without_detours(path), b"/", "{path:?}");
        }
    }
}
