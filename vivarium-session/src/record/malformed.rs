//! Why a record cannot be read.

use vivarium_sys::wire::RecordType;

/// A record that this version cannot read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// It ends too early.
    #[error("it has {have} bytes where its head says {need} at least")]
    Short {
        /// How many bytes there are.
        have: usize,
        /// How many there must be.
        need: usize,
    },
    /// It is of a type that is not known here.
    #[error("{0} is no type of record in this version")]
    UnknownType(u8),
    /// It is an event of a kind that is not known here.
    #[error("{0} is no kind of event in this version")]
    UnknownKind(u16),
    /// It has more numbers or texts than any record.
    #[error("it counts {numbers} numbers and {texts} texts, more than a record holds")]
    TooMany {
        /// How many numbers.
        numbers: u8,
        /// How many texts.
        texts: u8,
    },
    /// A text says that more of it is here than there was, or than any text keeps.
    #[error("its text {index} keeps {kept} bytes of {whole}")]
    TextLength {
        /// Which text.
        index: usize,
        /// How many bytes are here.
        kept: u32,
        /// How many there were.
        whole: u32,
    },
    /// A span record lacks what it must tell.
    #[error("a record of type {0:?} lacks a number or a text")]
    Incomplete(RecordType),
    /// A number of a span record means nothing.
    #[error("{number} means nothing in a record of type {record:?}")]
    Meaningless {
        /// Of which type the record is.
        record: RecordType,
        /// The number.
        number: u64,
    },
}
