//! Whoever started the daemon and wants to know how it is: systemd, or another one that speaks as it does.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use sd_notify::NotifyState;

/// The variable of the environment that says where it listens.
const VARIABLE: &str = "NOTIFY_SOCKET";

/// Whoever started the daemon, if they want to know.
///
/// The socket is opened before the daemon forbids itself to open any.
#[derive(Debug)]
pub(super) struct Supervisor(Option<UnixDatagram>);

impl Supervisor {
    /// The one that the environment names.
    pub(super) fn find() -> Self {
        let place = env::var_os(VARIABLE).filter(|place| !place.is_empty());
        Self(place.and_then(|place| match connect(&place) {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::warn!("{VARIABLE} leads nowhere: {error}");
                None
            }
        }))
    }

    /// Tells it.
    pub(super) fn tell(&self, state: &NotifyState<'_>) {
        if let Some(socket) = &self.0
            && let Err(error) = socket.send(state.to_string().as_bytes())
        {
            tracing::warn!("{VARIABLE} does not listen: {error}");
        }
    }
}

fn connect(place: &OsStr) -> io::Result<UnixDatagram> {
    let address = match place.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        _ => SocketAddr::from_pathname(place),
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address?)?;
    Ok(socket)
}
