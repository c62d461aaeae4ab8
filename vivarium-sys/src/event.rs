//! The one table of event kinds.
//!
//! Every kind is written once, in the file of its family: its number, name, severity and fields, and how each backend sees
//! it. Decoders, filters, documentation and tests follow from [`ALL`](EventKind::all); the kernel side uses the numbers.

mod code;
mod field_type;
mod file;
mod identity;
mod kernel;
mod net;
mod process;
mod socket;
mod spec;

pub use code::ENVIRONMENT_CALLS;
pub use field_type::FieldType;
pub use process::{TaskKind, is_dangerous_prctl};
pub use socket::SocketShape;
pub use spec::{Backend, Category, Default, EventSpec, FieldSpec, Severity, Sight, Source, Telling};

/// The kind of an event: a number that never changes its meaning, so that old recordings stay readable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(transparent)]
pub struct EventKind(pub u16);

/// The families, in the order in which they are shown.
const FAMILIES: &[&[EventSpec]] =
    &[file::EVENTS, net::EVENTS, process::EVENTS, identity::EVENTS, kernel::EVENTS, code::EVENTS];

impl EventKind {
    /// Not an event.
    pub const NONE: Self = Self(0);
    /// All numbers are below this.
    pub const LIMIT: u16 = 128;

    /// The table, family by family.
    ///
    /// ```
    /// use vivarium_sys::event::EventKind;
    /// assert!(EventKind::all().any(|event| event.name == "path_open"));
    /// ```
    pub fn all() -> impl Iterator<Item = &'static EventSpec> {
        FAMILIES.iter().copied().flatten()
    }

    /// The row of this kind, unless it comes from a newer version.
    ///
    /// ```
    /// use vivarium_sys::event::EventKind;
    /// assert_eq!(EventKind::PATH_OPEN.spec().unwrap().name, "path_open");
    /// ```
    #[must_use]
    pub const fn spec(self) -> Option<&'static EventSpec> {
        if self.0 < Self::LIMIT { BY_NUMBER[self.0 as usize] } else { None }
    }

    /// Whether it is of the coming and going of processes, which every session follows.
    #[must_use]
    pub const fn is_lifecycle(self) -> bool {
        matches!(self, Self::PROC_FORK | Self::PROC_EXEC | Self::PROC_EXIT)
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|event| event.name == name).map(|event| event.kind)
    }
}

/// Writes a family of events: constants for the kernel side and rows for everybody else.
macro_rules! events {
    ($(
        $(#[doc = $doc:literal])+
        $constant:ident = $number:literal, $name:literal, $category:ident, $severity:ident, $default:ident $(, $telling:ident)? {
            $($field:ident: $type:ident = $source:ident($index:literal), $field_doc:literal;)*
        } via {
            $($backend:ident: $sight:expr,)*
        }
    )*) => {
        impl $crate::event::EventKind {
            $($(#[doc = $doc])+ pub const $constant: Self = Self($number);)*
        }

        pub(super) const EVENTS: &[$crate::event::EventSpec] = &[$(
            $crate::event::EventSpec {
                kind: $crate::event::EventKind::$constant,
                name: $name,
                summary: concat!($($doc),+),
                category: $crate::event::Category::$category,
                severity: $crate::event::Severity::$severity,
                default: $crate::event::Default::$default,
                telling: $crate::event::telling!($($telling)?),
                fields: &[$($crate::event::FieldSpec {
                    name: stringify!($field),
                    summary: $field_doc,
                    kind: $crate::event::FieldType::$type,
                    source: $crate::event::Source::$source($index),
                }),*],
                sights: &[$(($crate::event::Backend::$backend, $sight)),*],
            }
        ),*];
    };
}
use events;

/// How often a kind is told: each time, where nothing else is said.
macro_rules! telling {
    () => {
        $crate::event::Telling::Each
    };
    ($telling:ident) => {
        $crate::event::Telling::$telling
    };
}
use telling;

/// The rows by their numbers, for readers that look up each record.
const BY_NUMBER: [Option<&EventSpec>; EventKind::LIMIT as usize] = {
    let mut rows = [None; EventKind::LIMIT as usize];
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut at = 0;
        while at < FAMILIES[family].len() {
            let row = &FAMILIES[family][at];
            let number = row.kind.0 as usize;
            assert!(number != 0 && rows[number].is_none(), "two kinds of event share a number");
            rows[number] = Some(row);
            at += 1;
        }
        family += 1;
    }
    rows
};
