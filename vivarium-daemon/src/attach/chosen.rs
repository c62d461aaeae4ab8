//! The processes that were chosen up to now.

use std::collections::BTreeMap;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::AsFd;

use vivarium_session::record::Pid;

use super::{Wanted, WantedError};
use crate::daemon::Pidfd;

/// The processes that were chosen up to now, each held for as long as it runs.
#[derive(Debug, Default)]
pub struct Chosen {
    held: BTreeMap<Pid, Pidfd>,
}

impl Chosen {
    /// Those that are meant by any of these and were not chosen before.
    ///
    /// # Errors
    /// When one of them cannot mean any.
    pub fn more(&mut self, wanted: &[Wanted]) -> Result<Vec<Pid>, WantedError> {
        self.held.retain(|_, pidfd| is_running(pidfd));
        let mut new = Vec::new();
        for wanted in wanted {
            for pid in wanted.find()? {
                if self.held.contains_key(&pid) {
                    continue;
                }
                // One that has ended meanwhile was not there.
                if let Ok(pidfd) = Pidfd::open(pid) {
                    self.held.insert(pid, pidfd);
                    new.push(pid);
                }
            }
        }
        Ok(new)
    }

    /// What holds a process.
    #[must_use]
    pub fn pidfd(&self, pid: Pid) -> Option<&Pidfd> {
        self.held.get(&pid)
    }
}

fn is_running(pidfd: &Pidfd) -> bool {
    let mut waiting = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
    matches!(poll(&mut waiting, PollTimeout::ZERO), Ok(0))
}
