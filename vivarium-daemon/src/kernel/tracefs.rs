//! The kernel's trace events: those that it has, and those that are made by writing them into a file.

use std::ffi::CStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::sys::mount_detached;
use crate::elf::FileOffset;

/// Where it is mounted, on new systems and on old ones.
const MOUNTS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
/// Its type.
const TYPE: &CStr = c"tracefs";
/// The directory of all events.
const EVENTS: &str = "events";
/// The file that uprobes are written into.
const UPROBES: &str = "uprobe_events";
/// The kernel takes a page at a time.
const MOST_BYTES: usize = 4095;
/// Events are in a group of this name and the process's number, so that nobody else's are touched.
const GROUP: &str = "vivarium_";

/// The file system of the kernel's trace events.
#[derive(Debug)]
pub(super) struct Tracefs {
    root: PathBuf,
    /// What keeps it mounted where nobody else has done so.
    _mount: Option<OwnedFd>,
    made: AtomicU32,
}

/// There are no trace events.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the kernel's trace events are not mounted and cannot be: run `mount -t {} none {}`", TYPE.to_string_lossy(), MOUNTS[0])]
pub struct NoTracefs;

/// A trace event at places in files. Dropping it removes it, once nothing is attached to it any more.
#[derive(Debug)]
pub(super) struct UprobeEvent {
    tracefs: Arc<Tracefs>,
    group: String,
    name: String,
}

impl Tracefs {
    /// Finds where it is mounted, or mounts it where only this process finds it.
    pub(super) fn find() -> Result<Self, NoTracefs> {
        let is_there = |root: &Path| root.join(EVENTS).exists();
        let (root, mount) = match MOUNTS.map(Path::new).into_iter().find(|root| is_there(root)) {
            Some(root) => (root.to_owned(), None),
            None => {
                let mount = mount_detached(TYPE).map_err(|_| NoTracefs)?;
                (PathBuf::from(format!("/proc/self/fd/{}", mount.as_raw_fd())), Some(mount))
            }
        };
        if is_there(&root) { Ok(Self { root, _mount: mount, made: AtomicU32::new(0) }) } else { Err(NoTracefs) }
    }

    /// The number of an event; an error where the kernel has none of this group and name.
    pub(super) fn event_number(&self, group: &str, name: &str) -> io::Result<u64> {
        let path = self.root.join(EVENTS).join(group).join(name).join("id");
        fs::read_to_string(path)?.trim_end().parse().map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// Makes an event at places in one file, each with its semaphore.
    pub(super) fn define_uprobes(
        self: &Arc<Self>,
        path: &CStr,
        places: impl Iterator<Item = (FileOffset, FileOffset)>,
    ) -> io::Result<UprobeEvent> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let event = UprobeEvent {
            tracefs: Arc::clone(self),
            group: format!("{GROUP}{}", std::process::id()),
            name: format!("probe_{number}"),
        };
        let (group, name, path) = (&event.group, &event.name, path.to_string_lossy());
        let mut lines = String::new();
        for (offset, semaphore) in places {
            let line = format!("p:{group}/{name} {path}:{offset}({semaphore})\n");
            if lines.len() + line.len() > MOST_BYTES {
                self.append(&lines)?;
                lines.clear();
            }
            lines.push_str(&line);
        }
        self.append(&lines)?;
        Ok(event)
    }

    /// Writes lines that define events or remove them, without touching others.
    fn append(&self, lines: &str) -> io::Result<()> {
        OpenOptions::new().append(true).open(self.root.join(UPROBES))?.write_all(lines.as_bytes())
    }

    /// Removes the events of processes that were killed.
    pub(super) fn remove_stale(&self) {
        let defined = fs::read_to_string(self.root.join(UPROBES)).unwrap_or_default();
        let names = defined.lines().filter_map(|line| line.strip_prefix("p:")?.split(' ').next());
        let mut stale: Vec<_> = names.filter(|name| is_of_dead_process(name)).collect();
        stale.dedup();
        for name in stale {
            // The kernel keeps it as long as somebody uses it.
            let _ = self.append(&format!("-:{name}\n"));
        }
    }
}

/// Whether an event is of a process that is no more.
fn is_of_dead_process(name: &str) -> bool {
    let group = name.split('/').next().and_then(|group| group.strip_prefix(GROUP));
    group.is_some_and(|process| process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists())
}

impl UprobeEvent {
    /// The number that the kernel gave it.
    pub(super) fn number(&self) -> io::Result<u64> {
        self.tracefs.event_number(&self.group, &self.name)
    }
}

impl Drop for UprobeEvent {
    fn drop(&mut self) {
        /// What used it may be let go a moment later.
        const TRIES: u32 = 20;
        const PAUSE: Duration = Duration::from_millis(5);
        let removal = format!("-:{}/{}\n", self.group, self.name);
        for _ in 0..TRIES {
            match self.tracefs.append(&removal) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => thread::sleep(PAUSE),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_where_it_is_not_mounted() {
        let Ok(mount) = mount_detached(TYPE) else { return println!("nothing is tested: this needs root") };
        let root = PathBuf::from(format!("/proc/self/fd/{}", mount.as_raw_fd()));
        let tracefs = Tracefs { root, _mount: Some(mount), made: AtomicU32::new(0) };
        assert!(tracefs.event_number("sched", "sched_process_exit").is_ok());
        assert_eq!(tracefs.event_number("sched", "nonsense").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn only_events_of_dead_processes_are_stale() {
        assert!(is_of_dead_process("vivarium_4194305/probe_0"));
        assert!(!is_of_dead_process(&format!("vivarium_{}/probe_0", std::process::id())));
        assert!(!is_of_dead_process("vivarium_/probe_0"));
        assert!(!is_of_dead_process("vivarium_x/probe_0"));
        assert!(!is_of_dead_process("other_4194305/probe_0"));
    }
}
