//! The kernel side: loading the BPF programs, attaching them, and reading what they send.

mod attachments;
pub mod backend;
mod counts;
mod detaching;
mod libraries;
mod object;
mod offsets;
mod pod;
mod program;
mod programs;
mod returns;
mod ring;
mod sessions;
mod side;
mod sizes;
mod spans;
mod sys;
mod tracefs;
mod types;
pub mod uprobe;

pub use attachments::{Addition, Attachments, Found};
pub(crate) use counts::not_below_zero;
pub use counts::{Tally, TallyError};
pub use detaching::{Hold, detach};
pub use libraries::Libraries;
pub use program::Unavailable;
pub use ring::Ring;
pub use sessions::{Needs, SessionId, SessionsError, Starts};
pub use side::{AdoptError, KernelSide, KernelSideError};
pub use sizes::{RingSize, RingSizeError};
pub use spans::SpansUnavailable;
pub use tracefs::NoTracefs;
pub use types::{KernelTypes, KernelTypesError};
