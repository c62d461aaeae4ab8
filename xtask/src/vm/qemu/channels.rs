//! The serial ports of a guest, as sockets that its QEMU connects to.

use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A serial port of the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The kernel's messages.
    Console,
    /// The output of the programs, and the marks between.
    Output,
    /// The error output of programs that keep it apart.
    Errors,
}

impl Channel {
    /// All of them, in the order of the guest's ports from ttyS0 on.
    pub(super) const ALL: [Self; 3] = [Self::Console, Self::Output, Self::Errors];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Output => "output",
            Self::Errors => "errors",
        }
    }

    pub(super) fn socket_in(self, directory: &Path) -> PathBuf {
        directory.join(self.name())
    }
}

/// Something that came from a guest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Bytes(Channel, Vec<u8>),
    /// There is nothing more to come on this channel: QEMU is gone.
    Closed(Channel),
}

/// Listens on a socket in `directory` for each channel, and gives what arrives on any of them.
pub(super) fn listen(directory: &Path) -> io::Result<Receiver<Arrival>> {
    let (sender, receiver) = channel();
    for channel in Channel::ALL {
        let listener = UnixListener::bind(channel.socket_in(directory))?;
        let sender = sender.clone();
        thread::spawn(move || {
            // Neither ends in a way that needs another word: the channel is closed.
            let _ = forward(&listener, channel, &sender);
            let _ = sender.send(Arrival::Closed(channel));
        });
    }
    Ok(receiver)
}

/// Ends the waiting of [`listen`] for a QEMU that never connected.
pub(super) fn hang_up(directory: &Path) {
    for channel in Channel::ALL {
        // Where no one waits any more, there is nothing to end.
        let _ = UnixStream::connect(channel.socket_in(directory));
    }
}

fn forward(listener: &UnixListener, channel: Channel, to: &Sender<Arrival>) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    let mut buffer = [0; 16 << 10];
    loop {
        let length = stream.read(&mut buffer)?;
        let arrival = Arrival::Bytes(channel, buffer[..length].to_vec());
        if length == 0 || to.send(arrival).is_err() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn gives_what_arrives_until_every_channel_is_closed() {
        let directory = tempfile::tempdir().unwrap();
        let arrivals = listen(directory.path()).unwrap();
        let mut output = UnixStream::connect(Channel::Output.socket_in(directory.path())).unwrap();
        output.write_all(b"hello").unwrap();
        assert_eq!(arrivals.recv().unwrap(), Arrival::Bytes(Channel::Output, b"hello".to_vec()));
        drop(output);
        assert_eq!(arrivals.recv().unwrap(), Arrival::Closed(Channel::Output));
        hang_up(directory.path());
        let mut closed = [arrivals.recv().unwrap(), arrivals.recv().unwrap()];
        closed.sort_by_key(|arrival| format!("{arrival:?}"));
        assert_eq!(closed, [Arrival::Closed(Channel::Console), Arrival::Closed(Channel::Errors)]);
        assert!(arrivals.recv().is_err(), "there is no one left to send");
    }
}
