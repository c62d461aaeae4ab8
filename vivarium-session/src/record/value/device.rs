//! Devices.

use std::fmt;

use serde::Serialize;

/// The number of a device, as `mknod(2)` takes it: for people as `ls -l` shows it.
///
/// ```
/// use vivarium_session::record::value::Device;
/// assert_eq!(Device::new(0x103).to_string(), "1:3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    major: u32,
    minor: u32,
}

impl Device {
    /// Takes the number apart.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { major: libc::major(number), minor: libc::minor(number) }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}
