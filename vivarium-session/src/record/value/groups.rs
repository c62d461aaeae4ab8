//! The groups of a process.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::record::Text;

/// The numbers of groups; in JSON an array. Where they were cut, the last ones aren't here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups<'a>(pub Text<'a>);

impl Groups<'_> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.bytes().as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

impl fmt::Display for Groups<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.iter().map(|group| group.to_string()).collect();
        write!(f, "[{}{}]", all.join(", "), if self.0.is_cut() { ", …" } else { "" })
    }
}

impl Serialize for Groups<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_four_bytes() {
        let bytes: Vec<_> = [0_u32, 1000, 65534].iter().flat_map(|group| group.to_le_bytes()).collect();
        let shown = |text| Groups(text).to_string();
        assert_eq!(shown(Text::whole(&bytes)), "[0, 1000, 65534]");
        assert_eq!(shown(Text::cut(&bytes[..8], 12)), "[0, 1000, …]");
        assert_eq!(serde_json::to_string(&Groups(Text::whole(&bytes))).expect("JSON"), "[0,1000,65534]");
    }
}
