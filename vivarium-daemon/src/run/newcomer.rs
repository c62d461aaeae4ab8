//! Which records tell of code that may have sites.

use std::mem::offset_of;
use std::path::{Path, PathBuf};

use vivarium_session::record::value::Value;
use vivarium_session::record::{Body, Pid, Record};
use vivarium_session::text::Text;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::Header;

/// A file that a process executes, or opens to load code from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Newcomer {
    /// The process.
    pub(crate) process: Pid,
    path: PathBuf,
}

impl Newcomer {
    /// The kinds of event that tell of code, which are recorded whatever is shown.
    pub(crate) const KINDS: [EventKind; 2] = [EventKind::PROC_EXEC, EventKind::PATH_OPEN];

    /// What a record tells of.
    pub(crate) fn of(raw: &[u8]) -> Option<Self> {
        // Most records are of other kinds, and are not taken apart a second time.
        let kind = raw.get(offset_of!(Header, kind)..)?.first_chunk().copied().map(u16::from_le_bytes)?;
        if !Self::KINDS.contains(&EventKind(kind)) {
            return None;
        }
        let Record { head, body: Body::Event(event) } = Record::decode(raw).ok()? else { return None };
        let Value::Text(text) = event.field("path")? else { return None };
        let path = Text::new(text.bytes()).as_path().to_owned();
        let is_code = event.spec.kind == EventKind::PROC_EXEC || is_library(&path);
        (is_code && !head.has_failed() && !text.is_cut()).then_some(Self { process: head.pid, path })
    }

    /// What it is called there.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it may be found: as the process sees it for as long as that lives, else as it is seen from here.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = PathBuf> {
        let relative = self.path.strip_prefix("/").unwrap_or(&self.path);
        let seen = Path::new("/proc").join(self.process.to_string()).join("root").join(relative);
        [seen, self.path.clone()].into_iter()
    }
}

/// Whether the name is that of a shared library: `libfoo.so`, `libfoo.so.6`.
fn is_library(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.as_encoded_bytes()).unwrap_or_default();
    name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        for name in ["/lib/libc.so.6", "/a/plugin.so", "libz.so.1.2.13"] {
            assert!(is_library(Path::new(name)), "{name}");
        }
        for name in ["/etc/ld.so", "/etc/ld.so.cache", "/etc/hosts", "/", "", "/src/soup", "/a.so/b"] {
            assert_eq!(is_library(Path::new(name)), name.contains("ld.so"), "{name}");
        }
    }
}
