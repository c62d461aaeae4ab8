//! Sets of bits with names.

use std::fmt;

use serde::Serialize;

/// A set of bits. In JSON `value` and `names`; bits without a name are in the last of the names, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bits {
    value: u64,
    #[serde(serialize_with = "all_names")]
    names: Names,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Names {
    known: Vec<&'static str>,
    rest: u64,
}

impl Bits {
    /// The bits of `value`, of which those in `rest` have no name.
    pub(super) fn new(value: u64, known: Vec<&'static str>, rest: u64) -> Self {
        Self { value, names: Names { known, rest } }
    }

    /// The number.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.value
    }

    /// Whether there is no name to show.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.known.is_empty() && self.names.rest == 0
    }

    /// Whether the bit of this name is set.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.known.contains(&name)
    }
}

impl Names {
    fn all(&self) -> Vec<String> {
        let rest = (self.rest != 0).then(|| format!("{:#x}", self.rest));
        self.known.iter().map(ToString::to_string).chain(rest).collect()
    }
}

fn all_names<S: serde::Serializer>(names: &Names, serializer: S) -> Result<S::Ok, S::Error> {
    names.all().serialize(serializer)
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.all().join("|"))
    }
}

/// The type and the permissions of a file: octal for people, as everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(pub u64);

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl Serialize for Mode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            value: u64,
            octal: String,
        }
        Shown { value: self.0, octal: self.to_string() }.serialize(serializer)
    }
}
