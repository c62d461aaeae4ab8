//! Where a session goes: outputs for people and machines.

mod elapsed;
mod excerpt;
mod heading;
mod jsonl;
mod live;
mod look;
mod phrase;
mod tree;

use std::io;

use crate::session::{SessionInfo, SiteInfo, SiteTable, Step, Summary, Switched};

pub use elapsed::Elapsed;
pub use excerpt::Excerpt;
pub use jsonl::Jsonl;
pub use live::Live;
pub use look::Look;
pub use phrase::Phrase;
pub use tree::Tree;

/// What all sinks may look up.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What was known before the first record.
    pub info: &'a SessionInfo,
    /// The sites that are known by now.
    pub sites: &'a SiteTable,
}

/// Takes a session as it happens.
///
/// The order is: [`begin`](Self::begin); then for each record [`site`](Self::site) if it is the first that tells of one,
/// [`record`](Self::record), and [`step`](Self::step) for each thing that follows from it; then [`end`](Self::end).
/// A sink that fails is told nothing more; the session goes on without it.
pub trait Sink {
    /// What it is, for messages.
    fn name(&self) -> &'static str;

    /// The session begins.
    ///
    /// # Errors
    /// The output cannot be written.
    fn begin(&mut self, _context: Context<'_>) -> io::Result<()> {
        Ok(())
    }

    /// A site appears for the first time.
    ///
    /// # Errors
    /// The output cannot be written.
    fn site(&mut self, _site: &SiteInfo) -> io::Result<()> {
        Ok(())
    }

    /// Sites were switched off or on: of those that are off no spans are told that start from now on.
    ///
    /// # Errors
    /// The output cannot be written.
    fn switched(&mut self, _switched: &Switched) -> io::Result<()> {
        Ok(())
    }

    /// A record arrived; these are its bytes.
    ///
    /// # Errors
    /// The output cannot be written.
    fn record(&mut self, _raw: &[u8]) -> io::Result<()> {
        Ok(())
    }

    /// Something happened.
    ///
    /// # Errors
    /// The output cannot be written.
    fn step(&mut self, _step: &Step<'_>, _context: Context<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Nothing arrived for a while: what was held back may go out.
    ///
    /// # Errors
    /// The output cannot be written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// The session is over.
    ///
    /// # Errors
    /// The output cannot be written.
    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()>;
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        (**self).begin(context)
    }

    fn site(&mut self, site: &SiteInfo) -> io::Result<()> {
        (**self).site(site)
    }

    fn switched(&mut self, switched: &Switched) -> io::Result<()> {
        (**self).switched(switched)
    }

    fn record(&mut self, raw: &[u8]) -> io::Result<()> {
        (**self).record(raw)
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        (**self).step(step, context)
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }

    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        (**self).end(summary, context)
    }
}
