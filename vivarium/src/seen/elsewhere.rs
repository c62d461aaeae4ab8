//! What was seen of a program, where there is no Linux: nothing.

use std::convert::Infallible;
use std::path::Path;
use std::{fmt, io, iter};

use crate::fixture::Expectation;

/// One event. There are none here.
#[derive(Clone)]
pub struct Event(Infallible);

/// A marked function or span in which something happened. There are none here.
pub struct Span(Infallible);

/// What was seen of a piece of a program. Here nobody looked, and every expectation holds.
#[derive(Clone, Debug)]
pub struct Observation(());

impl Event {
    /// The name of its kind, such as `path_open`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.0 {}
    }

    /// The family of its kind, such as `file`.
    #[must_use]
    pub const fn category(&self) -> &'static str {
        match self.0 {}
    }

    /// How much its kind matters to someone who looks for trouble: `info`, `medium` or `high`.
    #[must_use]
    pub const fn severity(&self) -> &'static str {
        match self.0 {}
    }

    /// What it tells, by the names in the table of events.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        iter::empty()
    }

    /// The value of one field.
    #[must_use]
    pub const fn field(&self, _name: &str) -> Option<String> {
        match self.0 {}
    }

    /// What the operation gave, where that is known.
    #[must_use]
    pub const fn result(&self) -> Option<i32> {
        match self.0 {}
    }

    /// The process.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        match self.0 {}
    }

    /// The thread.
    #[must_use]
    pub const fn tid(&self) -> u32 {
        match self.0 {}
    }

    /// The name of the thread.
    #[must_use]
    pub const fn comm(&self) -> String {
        match self.0 {}
    }

    /// When it was.
    #[must_use]
    pub const fn time(&self) -> u64 {
        match self.0 {}
    }

    /// The innermost marked function or span that it happened in.
    #[must_use]
    pub const fn span(&self) -> Option<&Span> {
        match self.0 {}
    }

    /// The marked functions and spans around it, the outermost first.
    pub fn spans(&self) -> impl DoubleEndedIterator<Item = &Span> {
        iter::empty()
    }
}

impl Span {
    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &str {
        match self.0 {}
    }

    /// The module that it is in.
    #[must_use]
    pub const fn module(&self) -> &str {
        match self.0 {}
    }

    /// The source file.
    #[must_use]
    pub const fn file(&self) -> &str {
        match self.0 {}
    }

    /// The line in it.
    #[must_use]
    pub const fn line(&self) -> u32 {
        match self.0 {}
    }
}

impl Observation {
    /// Nobody looked.
    pub(crate) const fn skipped() -> Self {
        Self(())
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// There is no Linux, whose numbers recordings hold.
    pub fn of_recording(_path: &Path) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "recordings are read on Linux only"))
    }

    /// Writes a recording.
    ///
    /// # Errors
    /// Nobody looked.
    pub fn save(&self, _path: &Path) -> io::Result<()> {
        Err(io::Error::other("nobody looked, so there is nothing to save"))
    }

    /// What is expected of it.
    #[must_use]
    pub const fn expect(&self) -> Expectation<'_> {
        Expectation::new(self)
    }

    /// The events: none.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        iter::empty()
    }

    /// Whether nobody looked.
    #[must_use]
    pub const fn is_skipped(&self) -> bool {
        true
    }

    /// Whether nothing is missing, which is true of an observation that was skipped.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        true
    }

    /// What is missing, in words.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }
}

impl fmt::Display for Event {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl fmt::Display for Span {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
