//! What the code knows in words: the table of events, as `docs/events.md` and `vivarium events` have it, and the records, as
//! `docs/records.md` has them.
//!
//! ```
//! use vivarium_session::catalog::describe;
//! use vivarium_sys::event::EventKind;
//!
//! let words = describe(EventKind::PATH_OPEN.spec().unwrap()).to_string();
//! assert!(words.starts_with("## path_open\n"));
//! ```

mod entry;
mod overview;
mod records;

use std::fmt;

use vivarium_sys::event::{EventKind, EventSpec};

use self::entry::Entry;
use self::overview::Overview;
use self::records::Records;

/// The whole table, in Markdown: an overview, and an entry for each kind.
#[must_use]
pub fn table() -> impl fmt::Display {
    Table
}

/// The entry of one kind, in Markdown.
#[must_use]
pub fn describe(event: &EventSpec) -> impl fmt::Display {
    Entry(event)
}

/// The bytes of a record, in Markdown.
#[must_use]
pub fn records() -> impl fmt::Display {
    Records
}

struct Table;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{Overview}")?;
        EventKind::all().try_for_each(|event| write!(f, "\n{}", Entry(event)))
    }
}

/// A text in a cell of a table.
struct Cell<'a>(&'a str);

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim().replace('|', "\\|").replace('\n', " "))
    }
}
