//! Sessions: a program that observes itself, through `vivariumd` and without privileges of its own.
//!
//! ```no_run
//! use vivarium::Session;
//! use vivarium::session::{Destination, Format, Severity};
//!
//! # fn serve_one_request() {}
//! let _session = vivarium::observe_process();          // until dropped; the tree goes to standard error
//! vivarium::observe(|| serve_one_request());           // just this closure
//! let seen = Session::builder()
//!     .events(["@net", "file_*"])
//!     .severity(Severity::Medium)
//!     .show(Format::JsonLines, Destination::File("events.jsonl".into()))
//!     .record("today.vivarium")
//!     .start()?;
//! # Ok::<(), vivarium::session::SessionError>(())
//! ```
//!
//! The daemon is found where `VIVARIUM_SOCKET` says, or in its usual place. `VIVARIUM=off` turns everything here into nothing. A
//! program that only marks its functions never opens a socket.
//!
//! Sessions nest, and any thread may have some. The library does some work for them, in a thread of its own: that happens in a span
//! of its own, so that no session shows it. A session belongs to the process that began it; in the child of a fork it is inert,
//! and what the child does is seen by the session of its parent.

mod builder;
mod live;
mod notice;
mod output;
mod overwritten;
pub(crate) mod own_work;
mod registry;
mod running;
mod sampling;
mod showing;
mod shown;
mod switch;
mod synced;

pub use builder::{SessionBuilder, SessionError};
pub(crate) use live::{Live, Request};
pub(crate) use notice::say;
pub use output::{Destination, Format};
pub(crate) use own_work::Entered;
pub use running::Session;
pub use shown::{observe, observe_process};
pub(crate) use switch::is_off;
pub use vivarium_sys::event::Severity;
