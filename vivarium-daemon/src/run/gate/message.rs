//! What vivarium and the keeper say to each other: a message is a packet.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};

use super::file_id::FileId;

/// The longest message: a tag and four numbers.
const LONGEST: usize = 40;

/// A message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// To the keeper: begin to hold.
    Close,
    /// To the keeper: nothing is left to do about this file.
    Settle(FileId),
    /// To the keeper: let it go on.
    Answer(Answer),
    /// To vivarium: it has begun, or could not for this reason.
    Closed {
        /// The error, or 0.
        error: i32,
    },
    /// To vivarium: a thread executes a file, which comes along.
    Ask {
        /// The number of the question.
        number: u32,
        /// The thread.
        thread: u32,
    },
}

/// What is to be done about a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    /// The number of the question.
    pub(super) number: u32,
    /// Whether nothing is left to do about the file.
    pub(super) settled: bool,
}

impl Message {
    fn words(&self) -> Vec<u64> {
        match *self {
            Self::Close => vec![1],
            Self::Settle(FileId([device, inode, seconds, nanos])) => vec![2, device, inode, seconds, nanos],
            Self::Answer(Answer { number, settled }) => vec![3, number.into(), settled.into()],
            Self::Closed { error } => vec![4, u64::from(error.cast_unsigned())],
            Self::Ask { number, thread } => vec![5, number.into(), thread.into()],
        }
    }

    fn read(words: &[u64]) -> Option<Self> {
        let small = |word: u64| u32::try_from(word).ok();
        Some(match *words {
            [1] => Self::Close,
            [2, device, inode, seconds, nanos] => Self::Settle(FileId([device, inode, seconds, nanos])),
            [3, number, settled] => Self::Answer(Answer { number: small(number)?, settled: settled != 0 }),
            [4, error] => Self::Closed { error: small(error)?.cast_signed() },
            [5, number, thread] => Self::Ask { number: small(number)?, thread: small(thread)? },
            _ => return None,
        })
    }
}

/// Sends a message, perhaps with a file, without waiting for room.
pub(super) fn send(socket: BorrowedFd<'_>, message: &Message, file: Option<BorrowedFd<'_>>) -> nix::Result<()> {
    let bytes: Vec<u8> = message.words().iter().flat_map(|word| word.to_ne_bytes()).collect();
    let files: Vec<_> = file.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&files)];
    let control = if files.is_empty() { &[][..] } else { &rights[..] };
    let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
    sendmsg::<UnixAddr>(socket.as_raw_fd(), &[IoSlice::new(&bytes)], control, flags, None).map(|_| ())
}

/// Takes the next message and the file that comes along; none when the other side is gone.
pub(super) fn receive(socket: BorrowedFd<'_>) -> nix::Result<Option<(Message, Option<OwnedFd>)>> {
    let mut bytes = [0; LONGEST];
    let mut control = nix::cmsg_space!([std::os::fd::RawFd; 1]);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
    let received = recvmsg::<UnixAddr>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
    let mut file = None;
    for message in received.cmsgs()? {
        if let ControlMessageOwned::ScmRights(files) = message {
            // SAFETY: the kernel has just made this descriptor for us, and nothing else knows of it.
            file = files.first().map(|fd| unsafe { OwnedFd::from_raw_fd(*fd) });
        }
    }
    let length = received.bytes;
    let words: Vec<u64> = bytes[..length].as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word)).collect();
    Ok(Message::read(&words).map(|message| (message, file)))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

    use super::*;

    #[test]
    fn each_message_arrives_as_it_was_sent() {
        let (one, other) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).expect("sockets");
        for message in [
            Message::Close,
            Message::Settle(FileId([1, 2, 3, u64::MAX])),
            Message::Answer(Answer { number: 7, settled: true }),
            Message::Closed { error: libc::EPERM },
            Message::Ask { number: u32::MAX, thread: 9 },
        ] {
            send(one.as_fd(), &message, Some(one.as_fd())).expect("room");
            let (received, file) = receive(other.as_fd()).expect("a packet").expect("a message");
            assert_eq!(received, message);
            assert!(file.is_some());
        }
        assert_eq!(receive(other.as_fd()).err(), Some(nix::Error::EAGAIN));
        drop(one);
        assert!(receive(other.as_fd()).expect("an end").is_none());
    }
}
