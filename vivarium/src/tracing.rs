//! The spans of [`tracing`](https://docs.rs/tracing) as sites: a program that uses it needs no other marks.
//!
//! Put a [`Bridge`] round the subscriber, outermost. Nothing changes for it, nor for the program, and from then on a tool
//! sees every span that is entered, with the name, module, file and line of its callsite:
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! let subscriber = tracing_subscriber::registry().with(tracing_subscriber::fmt::layer());
//! vivarium::tracing::Bridge::new(subscriber).init();
//!
//! tracing::info_span!("load").in_scope(|| {
//!     // What is opened here is opened by `load`.
//! });
//! ```
//!
//! # Which spans
//! Those that the subscriber enables: what its filter turns off is never opened, so that there is nothing to see. A
//! program that logs little and wants to be seen whole gives the filter to the layer that logs, and beside it a layer that
//! takes everything:
//!
//! ```
//! use tracing_subscriber::{filter::LevelFilter, fmt, layer::Identity, prelude::*, registry};
//!
//! let log = fmt::layer().with_filter(LevelFilter::ERROR);
//! let subscriber = registry().with(log).with(Identity::new());
//! vivarium::tracing::Bridge::new(subscriber).init();
//! assert!(!tracing::info_span!("load").is_disabled());
//! ```
//!
//! # What a tool sees
//! A `tracing` span is like an async function: it may be entered many times, by several threads at once, and each time it
//! is the same instance. When a span is closed that was seen before, it starts once more to stop for the last time, with
//! nothing in between. A thread that enters a span that it is in already stays in the innermost one, and a span that is
//! left while others that were entered after it go on is taken out from beneath them: all as `tracing-subscriber` has it.
//! Only the end of a marked function ends what was entered in it.
//!
//! A span that was opened before anyone looked is recognized when it is next entered, by asking the subscriber for its
//! current span. Where the subscriber doesn't know, as those that aren't made with `tracing-subscriber` may not, it is
//! shown as `vivarium::tracing::unknown`.
//!
//! # What it costs
//! While nobody looks, a test of two bytes whenever a span is opened or entered, and as much when it is left or closed.
//! Nothing is allocated and nothing is locked; but each callsite is registered once, when the subscriber first hears of it.

mod bridge;
mod entered;
mod open;
mod sites;

pub use bridge::Bridge;
