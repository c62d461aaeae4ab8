//! Which processes are meant.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use vivarium_session::record::Pid;

/// The hierarchy of control groups.
const CGROUPS: &str = "/sys/fs/cgroup";
/// How long the beginning of a container's id is at least, so that it means one.
const SHORTEST_ID: usize = 4;

/// Which processes are meant: all that fit one of these.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Wanted {
    /// This one.
    Pid(Pid),
    /// Those of a terminal.
    Tty(PathBuf),
    /// Those whose main thread has this name.
    Comm(OsString),
    /// Those of a control group, and of those within it.
    Cgroup(PathBuf),
    /// Those of a container.
    Container(String),
    /// Those of a unit of systemd.
    Unit(String),
}

/// It cannot be found out which processes are meant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WantedError {
    /// There is no such terminal.
    #[error("there is no terminal {}: give the name that `tty` prints in it", .0.display())]
    NoTerminal(PathBuf),
    /// It may mean several.
    #[error("{0:?} is too short for the id of a container: give {SHORTEST_ID} characters at least")]
    ShortId(String),
}

/// What is known of a process by which it may be meant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Features {
    comm: Vec<u8>,
    terminal: u64,
    cgroups: Vec<String>,
}

impl Wanted {
    /// The processes that are meant and run at this moment, without this one.
    ///
    /// # Errors
    /// When it cannot mean any.
    pub fn find(&self) -> Result<Vec<Pid>, WantedError> {
        let fits = self.matcher()?;
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).map(Pid);
        let others = pids.filter(|pid| pid.0 != std::process::id());
        Ok(others.filter(|pid| fits(*pid, &|| Features::of(*pid).unwrap_or_default())).collect())
    }

    /// Whether it may mean others later on.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        !matches!(self, Self::Pid(_))
    }

    #[expect(clippy::type_complexity, reason = "features are looked up only where they matter")]
    fn matcher(&self) -> Result<Box<dyn Fn(Pid, &dyn Fn() -> Features) -> bool + '_>, WantedError> {
        Ok(match self {
            Self::Pid(wanted) => Box::new(move |pid, _| pid == *wanted),
            Self::Tty(terminal) => {
                let device = device(terminal).ok_or_else(|| WantedError::NoTerminal(terminal.clone()))?;
                Box::new(move |_, features| features().terminal == device)
            }
            Self::Comm(name) => Box::new(move |_, features| features().comm == name.as_bytes()),
            Self::Cgroup(path) => {
                let within = path.strip_prefix(CGROUPS).unwrap_or(path);
                let within = Path::new("/").join(within.strip_prefix("/").unwrap_or(within));
                Box::new(move |_, features| {
                    features().cgroups.iter().any(|cgroup| Path::new(cgroup).starts_with(&within))
                })
            }
            Self::Container(id) if id.len() < SHORTEST_ID => return Err(WantedError::ShortId(id.clone())),
            Self::Container(id) => {
                Box::new(move |_, features| features().cgroups.iter().any(|cgroup| is_of(cgroup, id)))
            }
            Self::Unit(unit) => {
                let named = if unit.contains('.') { unit.clone() } else { format!("{unit}.service") };
                let has = move |cgroup: &String| cgroup.split('/').any(|part| part == named);
                Box::new(move |_, features| features().cgroups.iter().any(&has))
            }
        })
    }
}

/// Whether a control group is that of a container: its id stands in a name, whatever runs it puts around.
fn is_of(cgroup: &str, id: &str) -> bool {
    let around: &[_] = &["docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-"];
    cgroup.split('/').any(|part| {
        let part = part.strip_suffix(".scope").unwrap_or(part);
        let bare = around.iter().find_map(|before| part.strip_prefix(before)).unwrap_or(part);
        let is_id = bare.len() >= 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id && bare.starts_with(id)
    })
}

/// The number of a terminal, as the kernel tells it of processes.
fn device(terminal: &Path) -> Option<u64> {
    let path = Path::new("/dev").join(terminal);
    let device = fs::metadata(path).ok()?.rdev();
    let (major, minor) = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    // As the kernel writes it: the minor number around the major one.
    (device != 0).then_some((minor & 0xff) | (major << 8) | ((minor & !0xff) << 12))
}

impl Features {
    fn of(pid: Pid) -> Option<Self> {
        let cgroups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Some(Self { cgroups: groups(&cgroups), ..Self::read(&stat)? })
    }

    fn read(stat: &[u8]) -> Option<Self> {
        let start = stat.iter().position(|byte| *byte == b'(')?;
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        let comm = stat.get(start + 1..end)?.to_vec();
        let terminal = str::from_utf8(&stat[end + 1..]).ok()?.split_ascii_whitespace().nth(4)?.parse::<i64>().ok()?;
        Some(Self { comm, terminal: u64::from((terminal as i32).cast_unsigned()), cgroups: Vec::new() })
    }
}

/// The paths of the groups that a process is in.
fn groups(list: &str) -> Vec<String> {
    list.lines().filter_map(|line| line.splitn(3, ':').nth(2)).map(str::to_owned).collect()
}

/// What a process is called that is meant, for people.
impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |name: &OsStr| vivarium_session::text::Text::new(name.as_bytes());
        match self {
            Self::Pid(pid) => write!(f, "process {pid}"),
            Self::Tty(path) => write!(f, "process of the terminal {}", text(path.as_os_str())),
            Self::Comm(name) => write!(f, "process called {}", text(name)),
            Self::Cgroup(path) => write!(f, "process in the control group {}", text(path.as_os_str())),
            Self::Container(id) => write!(f, "process of the container {}", text(id.as_ref())),
            Self::Unit(unit) => write!(f, "process of the unit {}", text(unit.as_ref())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn containers_are_known_by_the_groups_that_their_runtimes_make() {
        for cgroup in [
            format!("/system.slice/docker-{ID}.scope"),
            format!("/docker/{ID}"),
            format!("/machine.slice/libpod-{ID}.scope/container"),
            format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope"),
            format!("/default/{ID}"),
        ] {
            assert!(is_of(&cgroup, ID) && is_of(&cgroup, &ID[..12]), "{cgroup}");
            assert!(!is_of(&cgroup, "1234"), "{cgroup}");
        }
        assert!(!is_of("/system.slice/docker.service", "dock"));
    }

    #[test]
    fn names_and_terminals_are_read_from_what_the_kernel_tells() {
        let features = Features::read(b"42 (a (b) c) S 7 42 42 34817 42 0").unwrap();
        assert_eq!((features.comm.as_slice(), features.terminal), (b"a (b) c".as_slice(), 34817));
        assert_eq!(groups("0::/user.slice/a.scope\n1:cpu:/b\n"), ["/user.slice/a.scope", "/b"]);
    }

    #[test]
    fn a_process_is_found_by_its_id_and_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("unheard-of");
        // A copy could still be open for writing in a process that another test makes.
        symlink("/bin/sleep", &program).unwrap();
        let mut child = Command::new(&program).arg("60").spawn().unwrap();
        let expected = vec![Pid(child.id())];
        let by_id = Wanted::Pid(Pid(child.id())).find();
        // It has its name when it has executed its program, which is when `spawn` returns.
        let by_name = Wanted::Comm("unheard-of".into()).find();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(by_id.unwrap(), expected);
        assert_eq!(by_name.unwrap(), expected);
    }

    #[test]
    fn what_cannot_mean_one_is_refused() {
        assert!(matches!(Wanted::Container("12".into()).find(), Err(WantedError::ShortId(_))));
        assert!(matches!(Wanted::Tty("no-such-terminal".into()).find(), Err(WantedError::NoTerminal(_))));
    }
}
