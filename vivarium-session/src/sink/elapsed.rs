//! How long something took, as people say it.

use std::fmt;
use std::time::Duration;

/// A duration with two or three digits that matter.
///
/// ```
/// use std::time::Duration;
/// use vivarium_session::sink::Elapsed;
/// assert_eq!(Elapsed(Duration::from_micros(1_234)).to_string(), "1.2 ms");
/// assert_eq!(Elapsed(Duration::from_micros(412_345)).to_string(), "412 ms");
/// assert_eq!(Elapsed(Duration::from_nanos(1_700)).to_string(), "1.7 µs");
/// assert_eq!(Elapsed(Duration::from_secs(75)).to_string(), "75.0 s");
/// assert_eq!(Elapsed(Duration::from_secs(3_725)).to_string(), "62 min");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elapsed(pub Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let (unit, name) = match nanos {
            0..1_000 => return write!(f, "{nanos} ns"),
            // From here on the last digit of the next unit is one that can be seen.
            1_000..100_000 => (1_000, "µs"),
            100_000..1_000_000_000 => (1_000_000, "ms"),
            1_000_000_000..600_000_000_000 => (1_000_000_000, "s"),
            600_000_000_000..36_000_000_000_000 => return write!(f, "{} min", nanos / 60_000_000_000),
            _ => return write!(f, "{} h", nanos / 3_600_000_000_000),
        };
        let tenths = nanos * 10 / unit;
        if tenths < 1_000 {
            write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
        } else {
            write!(f, "{} {name}", tenths / 10)
        }
    }
}
