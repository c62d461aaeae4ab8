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

/// The name of the error that a negative result of a system call means.
///
/// ```
/// use vivarium_session::record::value::errno;
/// assert_eq!(errno(-2).unwrap().to_string(), "ENOENT");
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
        Errno::UnknownErrno => OneOf::new(value, None),
        known => OneOf::made(value, format!("{known:?}")),
    })
}
