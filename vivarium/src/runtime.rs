//! What a program does at its sites.
//!
//! Everything here is in two halves. The fast one is inlined into the marked function: it asks whether anyone is looking.
//! The other one is never inlined, and it alone knows how to number an activation, how to tell the kernel of it, and what
//! to do about a panic.

mod activation;
#[cfg(any(feature = "tracing", all(feature = "session", target_os = "linux")))]
mod described;
mod error;
pub(crate) mod frames;
mod future;
mod guard;
pub(crate) mod instance;
mod panic;
mod prelude;
mod progress;
mod slow;
mod text;

#[cfg(any(feature = "tracing", all(feature = "session", target_os = "linux")))]
pub(crate) use activation::Activation;
#[cfg(any(feature = "tracing", all(feature = "session", target_os = "linux")))]
pub(crate) use described::Described;
pub use error::call;
pub use future::{Observed, Returns, never};
pub use guard::SpanGuard;
pub use prelude::Prelude;
