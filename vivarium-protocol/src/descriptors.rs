//! Bytes that arrive together with file descriptors.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

/// The most descriptors that come with one frame. What is beyond them the kernel closes.
pub const MAX_DESCRIPTORS: usize = 64;

/// Sends all of these bytes, and the descriptors with the first of them.
///
/// # Errors
/// When the other side is gone, or the system refuses.
pub fn send(socket: &UnixStream, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let control = [ControlMessage::ScmRights(&raw)];
    let mut sent = 0;
    while sent < bytes.len() {
        let control = if sent == 0 && !raw.is_empty() { control.as_slice() } else { &[] };
        match sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(&bytes[sent..])], control, MsgFlags::MSG_NOSIGNAL, None)
        {
            Ok(count) => sent += count,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Takes bytes that have arrived, and the descriptors that came with them; zero bytes are the end.
///
/// # Errors
/// When there is nothing now, or the system refuses.
pub fn receive(socket: &UnixStream, room: &mut [u8], descriptors: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
    let mut space = cmsg_space!([RawFd; MAX_DESCRIPTORS]);
    let mut vector = [IoSliceMut::new(room)];
    let received = loop {
        match recvmsg::<()>(socket.as_raw_fd(), &mut vector, Some(&mut space), MsgFlags::MSG_CMSG_CLOEXEC) {
            Err(Errno::EINTR) => {}
            received => break received?,
        }
    };
    for message in received.cmsgs().into_iter().flatten() {
        if let ControlMessageOwned::ScmRights(raw) = message {
            // SAFETY: the kernel has just made them for us, and nobody else knows of them.
            descriptors.extend(raw.into_iter().map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) }));
        }
    }
    Ok(received.bytes)
}
