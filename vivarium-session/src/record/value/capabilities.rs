//! Sets of privileges.

use std::fmt;

use serde::{Serialize, Serializer};

use super::names;

/// A set of `CAP_*`, a bit each. For people what is shorter: those that are in it, or those that are not. In JSON as any set
/// of bits.
///
/// ```
/// use vivarium_session::record::value::Capabilities;
/// assert_eq!(Capabilities(1 << 13).to_string(), "CAP_NET_RAW");
/// assert_eq!(Capabilities((1 << 41) - 1 - (1 << 21)).to_string(), "all but CAP_SYS_ADMIN");
/// assert_eq!(Capabilities(0).to_string(), "none");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(pub u64);

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.0;
        let without = names::ALL_CAPABILITIES & !set;
        match set & names::ALL_CAPABILITIES {
            _ if set == 0 => f.write_str("none"),
            _ if without == 0 => f.write_str("all"),
            known if known.count_ones() > without.count_ones() => {
                write!(f, "all but {}", names::capabilities(without))
            }
            _ => names::capabilities(set).fmt(f),
        }
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        names::capabilities(self.0).serialize(serializer)
    }
}
