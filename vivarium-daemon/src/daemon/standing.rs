//! As whom a process runs.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;

use vivarium_session::record::Pid;

use crate::family;

/// As whom a process runs, and with which powers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    /// Real, effective, saved, and that of its file accesses.
    pub(super) users: [u32; 4],
    /// The same of its group.
    pub(super) groups: [u32; 4],
    /// The capabilities that it may use.
    pub(super) permitted: u64,
    /// The capabilities that it uses.
    pub(super) effective: u64,
    /// Whether its memory is open to its user: not that of a program which that user may not read.
    pub(super) is_open: bool,
}

impl Standing {
    /// Of this process, at this moment; of one that has ended, or is about to, it is an error.
    pub(super) fn of(process: Pid) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let owner = owner_of_memory(process)?;
        Self::read(&status, owner).ok_or_else(|| ErrorKind::InvalidData.into())
    }

    fn read(status: &str, owner: u32) -> Option<Self> {
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let ids = |name| -> Option<[u32; 4]> {
            let ids: Vec<u32> = line(name)?.split_whitespace().map_while(|id| id.parse().ok()).collect();
            ids.try_into().ok()
        };
        let capabilities = |name| u64::from_str_radix(line(name)?.trim(), 16).ok();
        let users = ids("Uid")?;
        Some(Self {
            users,
            groups: ids("Gid")?,
            permitted: capabilities("CapPrm")?,
            effective: capabilities("CapEff")?,
            is_open: owner == users[1],
        })
    }

    /// Whether it is nothing but this user.
    pub(super) fn is(&self, user: u32) -> bool {
        self.users == [user; 4]
    }
}

/// To whom the files of a process belong that show its memory: to root where the memory is not open to its user.
///
/// They belong to root as well where a thread has no memory any more, since it is about to end or has; so one is asked that has.
fn owner_of_memory(process: Pid) -> io::Result<u32> {
    for thread in family::threads(process) {
        let maps = fs::metadata(format!("/proc/{process}/task/{}/maps", thread.0));
        if let Ok(maps) = maps
            && !family::is_ending(process, thread)
        {
            return Ok(maps.uid());
        }
    }
    Err(ErrorKind::NotFound.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    use nix::sys::wait::{Id, WaitPidFlag, waitid};
    use vivarium_session::record::Tid;

    use super::*;

    const STATUS: &str = "Name:\tsh\nUid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\nCapPrm:\t0000000000000000\n\
        CapEff:\t0000000000000000\n";

    #[test]
    fn a_process_is_its_user_only_by_all_its_ids() {
        assert!(Standing::read(STATUS, 1000).unwrap().is(1000));
        for ids in ["0\t1000\t1000\t1000", "1000\t0\t1000\t1000", "1000\t1000\t0\t1000", "1000\t1000\t1000\t0"] {
            let status = STATUS.replace("1000\t1000\t1000\t1000", ids);
            assert!(!Standing::read(&status, 1000).unwrap().is(1000), "{ids}");
        }
    }

    #[test]
    fn memory_that_belongs_to_root_is_not_open() {
        assert!(Standing::read(STATUS, 1000).unwrap().is_open);
        assert!(!Standing::read(STATUS, 0).unwrap().is_open);
    }

    #[test]
    fn what_the_kernel_does_not_say_is_not_guessed() {
        for name in ["Uid", "Gid", "CapPrm", "CapEff"] {
            assert_eq!(Standing::read(&STATUS.replace(name, "Other"), 1000), None);
        }
    }

    #[test]
    fn this_process_has_a_standing() {
        let standing = Standing::of(Pid(std::process::id())).unwrap();
        assert_eq!(standing.users[1], nix::unistd::geteuid().as_raw());
    }

    #[test]
    fn a_process_that_has_ended_has_none() {
        let mut child = Command::new("true").spawn().unwrap();
        // From its end until it is waited for it is still listed.
        let id = Id::Pid(nix::unistd::Pid::from_raw(child.id().cast_signed()));
        waitid(id, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
        let standing = Standing::of(Pid(child.id()));
        child.wait().unwrap();
        assert_eq!(standing.unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn the_memory_is_open_where_the_first_thread_has_ended_and_others_run() {
        let user = if nix::unistd::geteuid().is_root() { 1000 } else { nix::unistd::geteuid().as_raw() };
        let mut child = without_its_first_thread(user);
        let pid = Pid(child.id());
        while !family::is_ending(pid, Tid(pid.0)) {
            std::thread::yield_now();
        }
        let (first, standing) = (fs::metadata(format!("/proc/{pid}/maps")), Standing::of(pid));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(first.unwrap().uid(), 0, "of the first one alone it would seem to be closed");
        let standing = standing.unwrap();
        assert!(standing.is(user) && standing.is_open, "{standing:?}");
    }

    /// A process whose first thread ends, while another one waits for the end of its input.
    fn without_its_first_thread(user: u32) -> Child {
        let script = "import ctypes, sys, threading; \
                      threading.Thread(target=sys.stdin.read).start(); ctypes.CDLL(None).syscall(60, 0)";
        let mut command = Command::new("python3");
        command.args(["-c", script]).uid(user).stdin(Stdio::piped());
        command.spawn().expect("python3 is installed")
    }
}
