//! What the daemon of Vivarium and its clients say to each other, over a Unix socket.
//!
//! `docs/protocol.md` describes it. A client connects, says what is to be observed, and is sent the records of the kernel side
//! as they are written; it feeds them to a [`Session`](vivarium_session::session::Session) of its own, as a recording is read,
//! so that a session looks the same however it was observed.
//!
//! ```no_run
//! use vivarium_protocol::{Client, SocketPath, Start, Target};
//! use vivarium_session::session::{Session, SiteTable};
//! use vivarium_session::sink::{Look, Tree};
//!
//! let client = Client::connect(&SocketPath::from_environment())?;
//! let mut running = client.start(&Start::of([Target::Caller]), Vec::new(), &[])?;
//! let look = Look::plain();
//! let mut session = Session::new(running.info().clone(), SiteTable::new(), vec![Box::new(Tree::new(Vec::new(), look))]);
//! // ... what is to be seen ...
//! running.stop()?;
//! let conclusion = running.drain(&mut session);
//! println!("{:?}", session.finish(conclusion).summary.verdict);
//! # Ok::<(), vivarium_protocol::ClientError>(())
//! ```

mod client;
mod descriptors;
mod frame;
mod incoming;
mod message;
mod refusal;
mod request;
mod running;
mod sessions;
mod socket_path;
mod switchboard;

pub use client::{Client, ClientError};
pub use descriptors::{MAX_DESCRIPTORS, receive, send};
pub use frame::Malformed;
pub use incoming::{Incoming, Receiver};
pub use message::{Added, Message, Welcome};
pub use refusal::{Reason, Refusal};
pub use request::{Hello, Request, Start, Target, Until};
pub use running::{Pumped, Running, Stopper};
pub use sessions::{List, MAX_SWITCHED, SessionEntry, Shown, Switch};
pub use socket_path::{DEFAULT_SOCKET, SOCKET_VARIABLE, SocketPath};
pub use switchboard::Switchboard;

/// The version of the protocol: both sides speak the same one, or none.
pub const VERSION: u32 = 1;
