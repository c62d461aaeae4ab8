//! The daemon: it loads the kernel side once, with privileges, and serves those who have none.
//!
//! One thread does everything. What it has of others is bounded: each client's unread records, the number of clients, and the
//! frames that they send.

mod access;
mod client;
mod confine;
mod detacher;
mod hub;
mod listener;
mod memory;
mod observed;
mod options;
mod outbox;
mod peer;
mod pidfd;
mod requests;
mod room;
mod scout;
mod server;
mod standing;
mod supervisor;
mod unread;
mod yama;

use std::io;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use clap::Parser;
use nix::sys::signalfd::SignalFd;
use sd_notify::NotifyState;
use tracing_subscriber::filter::LevelFilter;
use vivarium_sys::event::Backend;

use self::hub::Hub;
use self::listener::{ListenError, Listener};
use self::options::Options;
use self::room::Room;
use self::server::Server;
use self::supervisor::Supervisor;
use crate::cli::{Failure, tell_of};
use crate::exit::Exit;
use crate::kernel::{RingSize, allow_going_ahead, may_attach_to_places};

pub use self::confine::ConfineError;
pub use self::hub::HubError;
pub use self::pidfd::Pidfd;

/// Why the daemon ends before it is told to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// Nobody could connect.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Nothing could be observed.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// It would have more power than it needs.
    #[error(transparent)]
    Confine(#[from] ConfineError),
    /// Signals could not be received.
    #[error("cannot receive signals")]
    Signals(#[source] nix::Error),
    /// It could not go on.
    #[error("cannot wait for what happens")]
    Serve(#[source] io::Error),
}

impl Failure for DaemonError {
    fn exit(&self) -> Exit {
        match self {
            Self::Listen(_) => Exit::BadInput,
            _ => Exit::Failed,
        }
    }
}

/// Serves until a signal comes; a failure is told in one line on standard error.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::parse();
    let level = if options.verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_target(false).without_time().init();
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => tell_of("vivariumd", &failure),
    }
}

/// Observes in this process, in a thread of its own, for the one who holds the other side of the socket.
pub(crate) fn serve_here(backend: Option<Backend>, ring: RingSize) -> Result<UnixStream, HubError> {
    let (ours, theirs) = UnixStream::pair().map_err(HubError::Start)?;
    let (loaded, when_loaded) = mpsc::channel();
    let serve = move || match Hub::load(backend, ring) {
        Ok(hub) => {
            let server = Server::for_one(hub, theirs);
            // Whoever asked hears of nothing else when the socket is closed.
            let _ = loaded.send(Ok(()));
            let _ = server.and_then(Server::run);
        }
        Err(error) => {
            let _ = loaded.send(Err(error));
        }
    };
    thread::Builder::new().name("observer".to_owned()).spawn(serve).map_err(HubError::Start)?;
    match when_loaded.recv() {
        Ok(loaded) => loaded.map(|()| ours),
        Err(_) => Err(HubError::Start(io::ErrorKind::BrokenPipe.into())),
    }
}

fn serve(options: &Options) -> Result<(), DaemonError> {
    let signals = server::receive_signals().map_err(DaemonError::Signals)?;
    let room = Room::make();
    // Before anything is loaded, so that a second one does no work.
    let listener = Listener::open(&options.socket())?;
    let served = serve_at(&listener, options, signals, room);
    // Also where nothing could be observed: nobody is to find a socket at which nobody listens.
    listener.close();
    served
}

fn serve_at(listener: &Listener, options: &Options, signals: SignalFd, room: Room) -> Result<(), DaemonError> {
    let supervisor = Supervisor::find();
    let mut hub = Hub::load(options.backend, options.ring_size)?;
    memory::give_back();
    allow_going_ahead();
    let powers = confine::give_up_powers(may_attach_to_places)?;
    // It has these powers as well, and is not confined any further.
    hub.start_scout()?;
    let files = confine::confine_files(listener.folder());
    tracing::info!(socket = %listener.place(), backend = hub.backend().name(), "observing; {powers}; {files}");
    supervisor.tell(&NotifyState::Ready);
    let socket = listener.socket().map_err(DaemonError::Serve)?;
    let server = Server::for_everyone(hub, socket, signals, room).map_err(DaemonError::Serve)?;
    let served = server.run().map_err(DaemonError::Serve);
    supervisor.tell(&NotifyState::Stopping);
    served
}
