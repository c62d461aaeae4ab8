//! Sessions of others, or of oneself, from outside: which there are, and which of their sites are on.

use vivarium_session::record::Pid;
use vivarium_session::session::SiteInfo;
use vivarium_sys::SiteId;

use super::client::{Client, ClientError};
use super::frame::Malformed;
use super::message::Message;
use super::request::Request;
use super::sessions::{List, MAX_SWITCHED, SessionEntry, Shown, Switch};
use super::socket_path::SocketPath;

/// Speaks with the daemon about sessions that run.
///
/// ```no_run
/// use vivarium_protocol::{SocketPath, Switchboard};
///
/// let mut board = Switchboard::connect(&SocketPath::from_environment())?;
/// for session in board.sessions(None)? {
///     let (sites, shown) = board.show(session.id)?;
///     println!("session {}: {} sites, {} off", session.id, sites.len(), shown.off.len());
/// }
/// # Ok::<(), vivarium_protocol::ClientError>(())
/// ```
#[derive(Debug)]
pub struct Switchboard(Client);

impl Switchboard {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there, or somebody else does.
    pub fn connect(path: &SocketPath) -> Result<Self, ClientError> {
        Client::connect(path).map(Self)
    }

    /// The sessions of the user who asks, of everyone where root does; those alone that observe a process, if one is given.
    ///
    /// # Errors
    /// When the daemon does not tell.
    pub fn sessions(&mut self, process: Option<Pid>) -> Result<Vec<SessionEntry>, ClientError> {
        self.0.say(&Request::List(List { process }), &[])?;
        match self.0.hear()? {
            Message::Listed(sessions) => Ok(sessions),
            other => Err(unexpected(other)),
        }
    }

    /// A session with its sites.
    ///
    /// # Errors
    /// When there is none of this number, or it is not theirs who ask.
    pub fn show(&mut self, session: u64) -> Result<(Vec<SiteInfo>, Shown), ClientError> {
        self.0.say(&Request::Show(session), &[])?;
        let mut sites = Vec::new();
        loop {
            match self.0.hear()? {
                Message::Sites(more) => sites.extend(more),
                Message::Shown(shown) => return Ok((sites, *shown)),
                other => return Err(unexpected(other)),
            }
        }
    }

    /// Switches sites of a session off or on.
    ///
    /// # Errors
    /// When the daemon does not.
    pub fn switch(&mut self, session: u64, on: bool, sites: &[SiteId]) -> Result<(), ClientError> {
        for part in sites.chunks(MAX_SWITCHED) {
            let switch = Switch { session: Some(session), on, sites: part.to_vec() };
            self.0.say(&Request::Switch(switch), &[])?;
            match self.0.hear()? {
                Message::Shown(_) => {}
                other => return Err(unexpected(other)),
            }
        }
        Ok(())
    }
}

fn unexpected(message: Message) -> ClientError {
    match message {
        Message::Refused(refusal) => refusal.into(),
        _ => Malformed::Misplaced.into(),
    }
}
