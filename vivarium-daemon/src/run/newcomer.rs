//! Which records tell of code that may have sites.

use std::fs;
use std::mem::offset_of;
use std::path::{Path, PathBuf};

use vivarium_session::accounting::Missing;
use vivarium_session::record::value::Value;
use vivarium_session::record::{Body, Pid, Record, Time};
use vivarium_session::text::Text;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::Header;

use crate::kernel::InUse;

/// A file that a process executes, or opens to load code from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Newcomer {
    /// The process.
    pub(crate) process: Pid,
    /// When.
    time: Time,
    path: PathBuf,
    how: How,
}

/// How it came to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// It is the program of the process from now on.
    Executed,
    /// It was opened, and may be a library that is about to be loaded.
    Opened,
    /// Its code can be entered from now on.
    Mapped,
}

impl Newcomer {
    /// The kinds of event that tell of code, which are recorded whatever is shown.
    pub(crate) const KINDS: [EventKind; 3] = [EventKind::PROC_EXEC, EventKind::PATH_OPEN, EventKind::MMAP_EXEC];

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
        let how = match event.spec.kind {
            EventKind::PROC_EXEC => How::Executed,
            EventKind::MMAP_EXEC => How::Mapped,
            _ => How::Opened,
        };
        let is_code = how == How::Executed || is_library(&path);
        (is_code && !head.has_failed() && !text.is_cut()).then_some(Self {
            process: head.pid,
            time: head.time,
            path,
            how,
        })
    }

    /// Whether functions of it may have been entered before they were attached to.
    pub(crate) fn precedes(&self, file: InUse) -> bool {
        self.how != How::Opened && self.time <= file.since
    }

    /// What a session lacks of it then.
    pub(crate) fn missed(&self, file: InUse) -> Missing {
        let path = Text::from(self.path());
        let sites = if file.sites == 1 { "site was".to_owned() } else { format!("{} sites were", file.sites) };
        let remedy = if self.is_executed() {
            ": `vivarium run` of it alone sees them from its first instruction on"
        } else {
            ""
        };
        let why = format!(
            "{path} was in use before its {sites} attached to, and functions entered by then are unknown{remedy}"
        );
        Missing::Functions { why }
    }

    /// What a session lacks where nobody knows what it was.
    pub(crate) fn unknown(&self) -> Missing {
        let path = Text::from(self.path());
        let why =
            format!("functions of {path} are unknown: it was gone, or its process was, before it could be looked at");
        Missing::Functions { why }
    }

    /// Whether it is the program of the process from now on, and no library.
    pub(crate) fn is_executed(&self) -> bool {
        self.how == How::Executed
    }

    /// Whether it is a library whose code can be entered from now on.
    pub(crate) fn is_mapped(&self) -> bool {
        self.how == How::Mapped
    }

    /// What it is called there.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it may be found: as the process sees it for as long as that lives, also where it has no name (any more), else as
    /// it is seen from here.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = PathBuf> {
        let relative = self.path.strip_prefix("/").unwrap_or(&self.path);
        let process = Path::new("/proc").join(self.process.to_string());
        let exe = process.join("exe");
        // By now the process may execute another program.
        let is_it = self.is_executed() && fs::read_link(&exe).is_ok_and(|link| link == self.path);
        [Some(process.join("root").join(relative)), is_it.then_some(exe), Some(self.path.clone())].into_iter().flatten()
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
    fn a_program_without_a_name_is_found_through_its_process() {
        let found = |path: &str, how| {
            let newcomer = Newcomer { process: Pid(std::process::id()), time: Time(0), path: path.into(), how };
            newcomer.candidates().any(|path| path.ends_with("exe"))
        };
        let here = std::env::current_exe().expect("this program has a path");
        let here = here.to_str().expect("UTF-8");
        assert!(found(here, How::Executed));
        assert!(!found(here, How::Mapped), "a library isn't the program");
        assert!(!found("/memfd:another (deleted)", How::Executed));
    }

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
