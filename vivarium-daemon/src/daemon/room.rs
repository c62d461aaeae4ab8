//! How many descriptors there are, and for how many clients that is enough.

use std::os::fd::{FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

/// What one client may need: its socket and its process, and what comes along with a request at times.
const FOR_CLIENT: u64 = 4;
/// What the daemon needs for itself, and for what it attaches to.
const FOR_ITSELF: u64 = 512;
/// From here on are the numbers of what is closed early, unless there are not that many.
const HIGH: i32 = 8192;

/// How many clients there may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Room {
    /// Together.
    pub(super) clients: usize,
    /// Of one user but root.
    pub(super) of_user: usize,
    /// Descriptors that came along and are not used yet, of one user but root.
    pub(super) descriptors_of_user: usize,
}

impl Room {
    /// As much as there is, with as many descriptors as this process may have.
    pub(super) fn make() -> Self {
        let descriptors = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, hard)| {
            let raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
            if raised.is_ok() { hard } else { soft }
        });
        Self::within(descriptors)
    }

    fn within(descriptors: rlim_t) -> Self {
        let clients = descriptors.saturating_sub(FOR_ITSELF).min(descriptors) / FOR_CLIENT;
        let clients = usize::try_from(clients).unwrap_or(usize::MAX).clamp(16, 4096);
        Self { clients, of_user: (clients / 2).clamp(8, 1024), descriptors_of_user: clients.min(1024) }
    }
}

/// Gives a descriptor a number that is higher than those of what is attached. When a process ends, the kernel closes what has the
/// highest number first, and for what is attached it waits each time: whoever is to hear of the end at once must not.
pub(super) fn closed_early<D: From<OwnedFd> + Into<OwnedFd>>(descriptor: D) -> D {
    let descriptor = descriptor.into();
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    let lowest = HIGH.min(i32::try_from(limit / 2).unwrap_or(HIGH));
    match fcntl(&descriptor, FcntlArg::F_DUPFD_CLOEXEC(lowest)) {
        // SAFETY: the kernel has just made it for us.
        Ok(number) => unsafe { OwnedFd::from_raw_fd(number) }.into(),
        Err(_) => descriptor.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn what_is_closed_early_has_a_higher_number_than_what_is_attached_later() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut ours = closed_early(ours);
        let attached = File::open("/dev/null").unwrap();
        assert!(ours.as_raw_fd() > attached.as_raw_fd());
        assert!(ours.as_raw_fd() >= 512, "there is room for as much as most attach: {}", ours.as_raw_fd());
        theirs.write_all(b"x").unwrap();
        drop(theirs);
        let mut said = String::new();
        ours.read_to_string(&mut said).unwrap();
        assert_eq!(said, "x", "it is still the same");
    }

    #[test]
    fn one_user_leaves_room_for_others_and_all_of_it_fits() {
        for descriptors in [1024, 4096, 20_000, 1 << 20] {
            let Room { clients, of_user, descriptors_of_user } = Room::within(descriptors);
            assert!(of_user < clients, "{descriptors}");
            let needed = 2 * clients + descriptors_of_user;
            assert!(needed as u64 + FOR_ITSELF <= descriptors, "{descriptors}");
        }
        assert_eq!(Room::within(1 << 20).of_user, 1024);
    }
}
