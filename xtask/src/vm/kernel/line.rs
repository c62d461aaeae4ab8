//! The kernels that tests run on, by name.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

/// A line of kernels that a Debian suite ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum KernelLine {
    /// The oldest that Vivarium supports.
    #[value(name = "6.1")]
    V6_1,
    #[value(name = "6.12")]
    V6_12,
    /// Whatever Debian's unstable suite has today.
    Newest,
}

impl KernelLine {
    /// The Debian suite that ships it.
    pub(crate) fn suite(self) -> Suite {
        match self {
            Self::V6_1 => Suite::Bookworm,
            Self::V6_12 => Suite::Trixie,
            Self::Newest => Suite::Sid,
        }
    }
}

impl fmt::Display for KernelLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V6_1 => "6.1",
            Self::V6_12 => "6.12",
            Self::Newest => "newest",
        })
    }
}

/// A suite of the Debian archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    Bookworm,
    Trixie,
    Sid,
}

impl Suite {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
            Self::Sid => "sid",
        }
    }

    /// The suite with its security updates; unstable has them in itself.
    pub(crate) fn security(self) -> Option<&'static str> {
        match self {
            Self::Bookworm => Some("bookworm-security"),
            Self::Trixie => Some("trixie-security"),
            Self::Sid => None,
        }
    }
}

/// One kernel line, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KernelSelection {
    All,
    One(KernelLine),
}

impl KernelSelection {
    pub(crate) fn lines(&self) -> &[KernelLine] {
        match self {
            Self::All => KernelLine::value_variants(),
            Self::One(line) => std::slice::from_ref(line),
        }
    }
}

impl FromStr for KernelSelection {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == "all" {
            return Ok(Self::All);
        }
        match KernelLine::from_str(name, false) {
            Ok(line) => Ok(Self::One(line)),
            Err(_) => Err("expected 6.1, 6.12, newest or all".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_one_line_or_all() {
        assert_eq!("all".parse(), Ok(KernelSelection::All));
        assert_eq!("6.12".parse(), Ok(KernelSelection::One(KernelLine::V6_12)));
        assert_eq!("newest".parse(), Ok(KernelSelection::One(KernelLine::Newest)));
        assert!("6.6".parse::<KernelSelection>().unwrap_err().contains("newest or all"));
    }

    #[test]
    fn all_is_each_line_from_the_oldest_on() {
        assert_eq!(KernelSelection::All.lines(), [KernelLine::V6_1, KernelLine::V6_12, KernelLine::Newest]);
        assert_eq!(KernelSelection::One(KernelLine::V6_1).lines(), [KernelLine::V6_1]);
    }

    #[test]
    fn a_line_is_shown_as_it_is_typed() {
        for line in KernelLine::value_variants() {
            assert_eq!(KernelLine::from_str(&line.to_string(), false), Ok(*line));
        }
    }
}
