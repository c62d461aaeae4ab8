//! What a field holds, read as the table of events says: for people by [`Display`](std::fmt::Display), for machines by
//! [`Serialize`].
//!
//! `Value::of_number` and `Value::of_text` are the one place that knows how each
//! [`FieldType`] is read; the files below know how each form is shown.

mod address;
mod arguments;
mod bits;
mod exit_status;
mod names;
mod one_of;

use std::fmt;

use serde::{Serialize, Serializer};
use vivarium_sys::event::FieldType;

use super::Text;
pub use address::Address;
pub use arguments::Arguments;
pub use bits::{Bits, Mode};
pub use exit_status::ExitStatus;
pub use one_of::{OneOf, errno};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// The kernel side could not tell it. `?` for people, `null` in JSON.
    Unknown,
    /// A path or another text.
    Text(Text<'a>),
    /// A list of texts.
    Arguments(Arguments<'a>),
    /// The address of a socket.
    Address(Address<'a>),
    /// A number that says all by itself.
    Number(u64),
    /// The number of a process, user or group; `kill(2)` also knows negative ones.
    Id(i64),
    /// A set of bits with names.
    Bits(Bits),
    /// The type and the permissions of a file.
    Mode(Mode),
    /// One of several numbers with names.
    OneOf(OneOf),
    /// How a process ended.
    ExitStatus(ExitStatus),
}

/// What must be known of the whole event to read one of its fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// The address family, in which a protocol has its meaning.
    pub(super) family: Option<u64>,
}

impl<'a> Value<'a> {
    /// Reads a number.
    pub(super) fn of_number(kind: FieldType, number: u64, reading: Reading) -> Self {
        match kind {
            FieldType::Pid => Self::Id(number.cast_signed()),
            // As the kernel has them: 32 bits, of which the highest number means none.
            FieldType::Uid | FieldType::Gid if number == u64::from(u32::MAX) => Self::Id(-1),
            FieldType::Uid | FieldType::Gid => Self::Id(number.cast_signed()),
            FieldType::OpenFlags => Self::Bits(names::open_flags(number)),
            FieldType::RenameFlags => Self::Bits(names::rename_flags(number)),
            FieldType::CloneFlags => Self::Bits(names::clone_flags(number)),
            FieldType::Mode => Self::Mode(Mode(number)),
            FieldType::TaskKind => Self::OneOf(names::task_kind(number)),
            FieldType::Signal => Self::OneOf(names::signal(number)),
            FieldType::SocketFamily => Self::OneOf(names::socket_family(number)),
            FieldType::SocketType => Self::OneOf(names::socket_type(number)),
            FieldType::Protocol => Self::OneOf(names::protocol(number, reading.family)),
            FieldType::ExitStatus => Self::ExitStatus(ExitStatus(number)),
            _ => Self::Number(number),
        }
    }

    /// Reads a text.
    pub(super) fn of_text(kind: FieldType, text: Text<'a>) -> Self {
        match kind {
            FieldType::Arguments => Self::Arguments(Arguments(text)),
            FieldType::Address => Self::Address(Address::read(text)),
            _ => Self::Text(text),
        }
    }
}

impl Value<'_> {
    /// Whether it is a number or a set of bits, and nothing in it.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0,
            Self::Bits(bits) => bits.value() == 0,
            _ => false,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Text(text) => text.fmt(f),
            Self::Arguments(arguments) => arguments.fmt(f),
            Self::Address(address) => address.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Id(id) => id.fmt(f),
            Self::Bits(bits) => bits.fmt(f),
            Self::Mode(mode) => mode.fmt(f),
            Self::OneOf(one) => one.fmt(f),
            Self::ExitStatus(status) => status.fmt(f),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Arguments(arguments) => arguments.serialize(serializer),
            Self::Address(address) => address.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Id(id) => id.serialize(serializer),
            Self::Bits(bits) => bits.serialize(serializer),
            Self::Mode(mode) => mode.serialize(serializer),
            Self::OneOf(one) => one.serialize(serializer),
            Self::ExitStatus(status) => status.serialize(serializer),
        }
    }
}
