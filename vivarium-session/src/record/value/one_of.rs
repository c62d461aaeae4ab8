//! Numbers of which each has a name.

use std::borrow::Cow;
use std::fmt;

use nix::errno::Errno;
use serde::Serialize;

/// One of several numbers. In JSON `value` and `name`, which is null for a number that has none here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OneOf {
    value: i64,
    name: Option<Cow<'static, str>>,
}

impl OneOf {
    /// A number that may have a name.
    pub(super) fn new(value: i64, name: Option<&'static str>) -> Self {
        Self { value, name: name.map(Cow::Borrowed) }
    }

    /// A number with a name that is made for it.
    pub(super) fn made(value: i64, name: String) -> Self {
        Self { value, name: Some(Cow::Owned(name)) }
    }

    /// The number.
    #[must_use]
    pub const fn value(&self) -> i64 {
        self.value
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None => self.value.fmt(f),
        }
    }
}

/// The name of the error that a negative result of a system call means. Where a signal has interrupted the call, it is one of
/// the kernel's own: the call is made again, or the process sees `EINTR`.
///
/// ```
/// use vivarium_session::record::value::errno;
/// assert_eq!(errno(-2).unwrap().to_string(), "ENOENT");
/// assert_eq!(errno(-512).unwrap().to_string(), "ERESTARTSYS");
/// assert_eq!(errno(3), None);
/// ```
#[must_use]
pub fn errno(result: i32) -> Option<OneOf> {
    if result >= 0 {
        return None;
    }
    let number = result.checked_neg()?;
    let known = Errno::from_raw(number);
    let value = i64::from(number);
    Some(match known {
        Errno::UnknownErrno => OneOf::new(value, interruption(number)),
        known => OneOf::made(value, format!("{known:?}")),
    })
}

/// Whether an error is that a signal has interrupted the call.
pub(crate) fn is_interruption(error: &OneOf) -> bool {
    i32::try_from(error.value).is_ok_and(|number| interruption(number).is_some())
}

/// What the kernel calls it when a signal interrupts a system call.
const fn interruption(number: i32) -> Option<&'static str> {
    Some(match number {
        512 => "ERESTARTSYS",
        513 => "ERESTARTNOINTR",
        514 => "ERESTARTNOHAND",
        516 => "ERESTART_RESTARTBLOCK",
        _ => return None,
    })
}
