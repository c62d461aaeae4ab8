//! Places in a file, in the image that it describes, and in a process that has it mapped: three things that are all
//! numbers and must not be taken for each other.

use std::fmt;

use serde::Serialize;

/// Defines a number that is shown in hexadecimal.
macro_rules! place {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:#x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

place! {
    /// An address as the linker gave it out.
    Address
}
place! {
    /// A position in the file. Uprobes and semaphores are registered by it.
    FileOffset
}
place! {
    /// An address in the memory of a process.
    MemoryAddress
}
place! {
    /// How far from its link-time addresses a process has mapped a file.
    Bias
}

impl Address {
    /// This address in a process that mapped the file that far away.
    #[must_use]
    pub const fn in_memory(self, bias: Bias) -> MemoryAddress {
        MemoryAddress(self.0.wrapping_add(bias.0))
    }

    /// This address after the image was moved as a whole from where `from` was to where `to` is.
    #[must_use]
    pub const fn moved(self, from: Self, to: Self) -> Self {
        Self(self.0.wrapping_add(to.0.wrapping_sub(from.0)))
    }
}
