//! What can be done.

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Something that is done in a marked function.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    /// The name of the function.
    pub(crate) name: &'static str,
    /// The kind of event that it is there for.
    pub(crate) kind: &'static str,
    /// The function.
    pub(crate) act: fn(&Path),
}

/// The deeds of a family, by the kinds of event that they are there for.
macro_rules! deeds {
    ($($kind:literal: $($act:ident),+;)+) => {
        &[$($($crate::deed::Deed { name: stringify!($act), kind: $kind, act: $act }),+),+]
    };
}
pub(crate) use deeds;

/// The path of a file of the directory, for the C library.
pub(crate) fn path(directory: &Path, name: &str) -> CString {
    c_string(directory.join(name).as_os_str().as_bytes())
}

/// A text for the C library.
pub(crate) fn c_string(bytes: &[u8]) -> CString {
    CString::new(bytes).expect("no zero byte")
}

/// What a call returned that must not fail.
#[track_caller]
pub(crate) fn done<N: Into<i64> + Copy>(result: N) -> N {
    assert!(result.into() >= 0, "{}", io::Error::last_os_error());
    result
}

/// What a call returned that must fail in this way.
#[track_caller]
pub(crate) fn fails<N: Into<i64> + Copy>(result: N, errno: i32) {
    let error = io::Error::last_os_error();
    assert!(result.into() == -1 && error.raw_os_error() == Some(errno), "{error}");
}
