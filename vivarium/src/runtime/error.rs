//! The option `err`: an `Err` that a function returns is reported in its span.

use core::fmt::{Display, Write};

use vivarium_sys::probe::{Raise, RaiseKind};
use vivarium_sys::{InstanceId, Site};

use crate::runtime::text::Text;

/// As much of a message as is reported.
pub(super) const MESSAGE_BYTES: usize = 1024;

/// What a function returns that is marked with `err`.
#[diagnostic::on_unimplemented(
    message = "`err` reports the error of a `Result`, but this function returns `{Self}`",
    label = "not a `Result`",
    note = "remove `err` from the attribute, or return a `Result<_, E>` whose `E` implements `Display`"
)]
pub trait Fallible {
    /// The error, if it is one.
    fn error(&self) -> Option<&dyn Display>;
}

impl<T, E: Displayed> Fallible for Result<T, E> {
    fn error(&self) -> Option<&dyn Display> {
        self.as_ref().err().map(Displayed::displayed)
    }
}

/// An error that can be displayed. It is a trait of ours for what the compiler says where one can't.
#[diagnostic::on_unimplemented(
    message = "`err` reports an error by its `Display`, but `{Self}` has none",
    label = "its error can't be displayed",
    note = "remove `err` from the attribute, or implement `Display` for `{Self}`"
)]
pub trait Displayed {
    /// The error itself.
    fn displayed(&self) -> &dyn Display;
}

#[diagnostic::do_not_recommend]
impl<E: Display> Displayed for E {
    fn displayed(&self) -> &dyn Display {
        self
    }
}

/// Calls `body`, whose `return` and `?` then lead here. The type makes it a closure that is called once, which may give
/// away what it borrowed.
#[inline(always)]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Reports the error in `result`, if there is one.
#[cold]
#[inline(never)]
pub(super) fn report<R: Fallible>(site: &'static Site, instance: InstanceId, result: &R) {
    if let Some(error) = result.error() {
        report_error(site, instance, error);
    }
}

fn report_error(site: &'static Site, instance: InstanceId, error: &dyn Display) {
    let mut message = Text::<MESSAGE_BYTES>::new();
    display(error, &mut message);
    let raise = Raise { kind: RaiseKind::Error, message: message.as_c_str(), file: c"", line: 0 };
    site.raise(instance, &raise);
}

/// Writes `error`. One that fails to display itself is reported as far as it came; its panic ends here.
#[cfg(feature = "std")]
fn display(error: &dyn Display, message: &mut Text<MESSAGE_BYTES>) {
    let write = core::panic::AssertUnwindSafe(|| write!(message, "{error}"));
    if let Err(payload) = std::panic::catch_unwind(write) {
        // Dropping it might panic again.
        core::mem::forget(payload);
    }
}

#[cfg(not(feature = "std"))]
fn display(error: &dyn Display, message: &mut Text<MESSAGE_BYTES>) {
    // An error that fails to display itself is reported as far as it came.
    let _ = write!(message, "{error}");
}
