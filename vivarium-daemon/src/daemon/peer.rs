//! Who is connected, as the kernel recorded it at that moment.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use vivarium_session::record::Pid;

use super::pidfd::Pidfd;
use super::standing::Standing;

/// The option of sockets that gives a pidfd of the other side: Linux 6.5 and newer.
const SO_PEERPIDFD: i32 = 77;
/// The capability without which nobody looks at the processes of others.
const CAP_SYS_PTRACE: u64 = 1 << 19;

/// Someone who is connected.
#[derive(Debug)]
pub(super) struct Peer {
    /// The user.
    pub(super) user: u32,
    /// The group.
    pub(super) group: u32,
    /// The process.
    pub(super) process: Pidfd,
    /// Whether it may observe every process.
    pub(super) is_privileged: bool,
}

impl Peer {
    /// Who is at the other side. Whether its users are those of this process is for `is_here` to say.
    pub(super) fn of(socket: &UnixStream, is_here: impl FnOnce(Pid) -> bool) -> io::Result<Self> {
        let credentials = getsockopt(socket, PeerCredentials)?;
        let pid = Pid(u32::try_from(credentials.pid()).unwrap_or(0));
        let process = match peer_pidfd(socket) {
            Ok(pidfd) => pidfd,
            Err(error) if error.raw_os_error() == Some(libc::ENOPROTOOPT) => Pidfd::open(pid)?,
            Err(error) => return Err(error),
        };
        let user = credentials.uid();
        Ok(Self { user, group: credentials.gid(), is_privileged: user == 0 && has_power(&process, is_here), process })
    }

    /// The user whose processes alone it may observe.
    pub(super) fn owner(&self) -> Option<u32> {
        (!self.is_privileged).then_some(self.user)
    }
}

/// Whether a process of root is one that may look at the processes of others: in a container, it may well not.
fn has_power(process: &Pidfd, is_here: impl FnOnce(Pid) -> bool) -> bool {
    let Some(pid) = process.process() else { return false };
    let may_trace = Standing::of(pid).is_ok_and(|standing| standing.effective & CAP_SYS_PTRACE != 0);
    is_here(pid) && may_trace && process.process() == Some(pid)
}

fn peer_pidfd(socket: &UnixStream) -> io::Result<Pidfd> {
    let mut descriptor: i32 = -1;
    let mut size = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the kernel writes a number of the size that is said.
    let answer = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            SO_PEERPIDFD,
            (&raw mut descriptor).cast(),
            &raw mut size,
        )
    };
    if answer != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made it for us.
    Ok(Pidfd::given(unsafe { OwnedFd::from_raw_fd(descriptor) }))
}
