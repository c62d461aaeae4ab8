//! A client, from its first words to the beginning of its session.

use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use vivarium_session::text::Text;

use super::descriptors::{self, MAX_DESCRIPTORS};
use super::frame::Malformed;
use super::incoming::Incoming;
use super::message::Message;
use super::refusal::{Reason, Refusal};
use super::request::{Hello, Request, Start};
use super::running::Running;
use super::socket_path::SocketPath;
use super::{SOCKET_VARIABLE, VERSION};

/// How long the daemon may take for an answer. One that is started by a socket loads its programs first.
const PATIENCE: Duration = Duration::from_secs(30);

/// Someone whom the daemon has answered.
#[derive(Debug)]
pub struct Client {
    socket: UnixStream,
    incoming: Incoming,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody listens there.
    #[error(
        "no vivariumd listens at {0}: start it with `sudo vivariumd` or `systemctl enable --now vivariumd.socket`, or say \
         with {SOCKET_VARIABLE} where it does"
    )]
    NoDaemon(SocketPath),
    /// The socket is not for everyone.
    #[error("the socket {0} is not open to this user: start vivariumd in a folder that everybody may enter")]
    NoPermission(SocketPath),
    /// The daemon does not grant it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The daemon went away.
    #[error("vivariumd went away: see what it said last, with `journalctl -u vivariumd` where systemd runs it")]
    Gone,
    /// The daemon does not answer.
    #[error("vivariumd does not answer: restart it")]
    Silent,
    /// What it says makes no sense.
    #[error(
        "what listens there does not speak as vivariumd does ({0}): say with {SOCKET_VARIABLE} where vivariumd listens"
    )]
    Malformed(#[from] Malformed),
    /// More is asked for than a frame holds.
    #[error("more than {MAX_DESCRIPTORS} processes and files cannot be asked for at once: add the others afterwards")]
    TooManyDescriptors,
    /// The socket does not work.
    #[error("cannot speak with vivariumd")]
    Io(#[source] io::Error),
}

impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => Self::Gone,
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Silent,
            _ => Self::Io(error),
        }
    }
}

impl Client {
    /// Connects, and makes sure that both speak the same version.
    ///
    /// # Errors
    /// When nobody listens there, or somebody else does.
    pub fn connect(path: &SocketPath) -> Result<Self, ClientError> {
        let socket = UnixStream::connect(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => ClientError::NoDaemon(path.clone()),
            ErrorKind::PermissionDenied => ClientError::NoPermission(path.clone()),
            _ => ClientError::Io(error),
        })?;
        Self::greet(socket)
    }

    /// Makes sure that the other side of a socket speaks the same version.
    ///
    /// # Errors
    /// When it doesn't.
    pub fn greet(socket: UnixStream) -> Result<Self, ClientError> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut client = Self { socket, incoming: Incoming::default() };
        client.say(&Request::Hello(Hello::ours()), &[])?;
        match client.hear()? {
            Message::Hello(hello) if hello.version == VERSION => Ok(client),
            Message::Hello(hello) => Err(other_version(&hello).into()),
            Message::Refused(refusal) => Err(refusal.into()),
            _ => Err(Malformed::Misplaced.into()),
        }
    }

    /// Begins a session. `command` is what it is called in all outputs. The descriptors are a pidfd for each target that needs
    /// one, in their order, and then the images.
    ///
    /// # Errors
    /// When the daemon does not grant it.
    pub fn start(
        mut self,
        start: &Start,
        command: Vec<Text>,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<Running, ClientError> {
        self.say(&Request::Start(start.clone()), descriptors)?;
        match self.hear()? {
            Message::Started(mut welcome) => {
                welcome.info.command = command;
                Ok(Running::new(self.socket, self.incoming, *welcome)?)
            }
            Message::Refused(refusal) => Err(refusal.into()),
            _ => Err(Malformed::Misplaced.into()),
        }
    }

    pub(crate) fn say(&self, request: &Request, pidfds: &[BorrowedFd<'_>]) -> Result<(), ClientError> {
        if pidfds.len() > MAX_DESCRIPTORS {
            return Err(ClientError::TooManyDescriptors);
        }
        let mut bytes = Vec::new();
        request.write(&mut bytes)?;
        match descriptors::send(&self.socket, &bytes, pidfds) {
            // It may have said why before it went away.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            sent => Ok(sent?),
        }
    }

    pub(crate) fn hear(&mut self) -> Result<Message, ClientError> {
        loop {
            if let Some(message) = self.incoming.take()? {
                return Ok(message);
            }
            if self.incoming.fill(&mut &self.socket)? == 0 {
                return Err(ClientError::Gone);
            }
        }
    }
}

fn other_version(theirs: &Hello) -> Refusal {
    let message = format!(
        "vivariumd {} speaks version {} of the protocol, and this is version {VERSION}",
        theirs.program, theirs.version
    );
    Refusal::new(Reason::OtherVersion, message, "install the same version of both")
}
