//! Observing processes that run already.

mod chosen;
mod session;
mod wanted;

pub use chosen::Chosen;
pub use session::{Attach, AttachError, AttachOptions, How};
pub use wanted::{Wanted, WantedError};
