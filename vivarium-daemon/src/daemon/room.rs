//! How many descriptors there are, and for how many clients that is enough.

use std::fs::File;
use std::os::fd::OwnedFd;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

/// What one client may need: its socket and its process, and what comes along with a request at times.
const FOR_CLIENT: u64 = 4;
/// What the daemon needs for itself, and for what it attaches to.
const FOR_ITSELF: u64 = 512;

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

/// Takes low numbers of descriptors until it is dropped. They are closed in the order of their numbers when a process ends, and
/// clients are to hear of that before all is detached.
pub(super) fn keep_for_clients() -> Vec<OwnedFd> {
    let Ok(nothing) = File::open("/dev/null") else { return Vec::new() };
    let nothing = OwnedFd::from(nothing);
    (0..FOR_ITSELF).map_while(|_| nothing.try_clone().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
