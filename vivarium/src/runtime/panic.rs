//! Panics: reported once, where they happen, and otherwise left alone.
//!
//! Only a panic hook hears the message. Ours is put in front of whatever hook there is at the first span that is observed,
//! never before. A program may replace it; then the next observed span puts it back.

#[cfg(feature = "std")]
pub(super) use hooked::{is_panicking, passes, watch};

#[cfg(feature = "std")]
mod hooked {
    use core::cell::Cell;
    use core::fmt::Write;
    use core::sync::atomic::{AtomicBool, Ordering};
    use std::panic::PanicHookInfo;

    use vivarium_sys::probe::{Raise, RaiseKind};
    use vivarium_sys::{InstanceId, Site};

    use crate::runtime::error::MESSAGE_BYTES;
    use crate::runtime::frames;
    use crate::runtime::text::Text;

    /// As much of a file's path as is reported.
    const FILE_BYTES: usize = 256;

    /// Whether our hook is somewhere in the chain of hooks.
    static HOOKED: AtomicBool = AtomicBool::new(false);

    thread_local! {
        /// Whether the panic that is passing through this thread has been reported.
        static REPORTED: Cell<bool> = const { Cell::new(false) };
    }

    /// Held by our hook: when it is dropped, the hook has been replaced.
    struct Hooked;

    impl Drop for Hooked {
        fn drop(&mut self) {
            HOOKED.store(false, Ordering::Release);
        }
    }

    /// Whether this thread is unwinding.
    pub(in crate::runtime) fn is_panicking() -> bool {
        std::thread::panicking()
    }

    /// Sees to it that panics are reported from now on. Not to be called while the thread is panicking.
    pub(in crate::runtime) fn watch() {
        REPORTED.set(false);
        if HOOKED.load(Ordering::Acquire) || HOOKED.swap(true, Ordering::AcqRel) {
            return;
        }
        let previous = std::panic::take_hook();
        let hooked = Hooked;
        std::panic::set_hook(Box::new(move |info| {
            let _ = &hooked;
            report(info);
            previous(info);
        }));
    }

    /// A panic passes through a span. Usually it has been reported where it began, or it was resumed after that; but a
    /// program that replaced our hook leaves only this to tell.
    pub(in crate::runtime) fn passes(site: &'static Site, instance: InstanceId) {
        if !HOOKED.load(Ordering::Acquire) && !REPORTED.replace(true) {
            site.raise(instance, &Raise { kind: RaiseKind::Panic, message: c"", file: c"", line: 0 });
        }
    }

    fn report(info: &PanicHookInfo<'_>) {
        let Some((site, instance)) = frames::innermost() else { return };
        REPORTED.set(true);
        let message = text::<MESSAGE_BYTES>(message(info));
        let file = text::<FILE_BYTES>(info.location().map_or("", |location| location.file()));
        let line = info.location().map_or(0, |location| location.line());
        site.raise(
            instance,
            &Raise { kind: RaiseKind::Panic, message: message.as_c_str(), file: file.as_c_str(), line },
        );
    }

    /// The message as the standard library prints it.
    fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
        let payload = info.payload();
        let text = payload.downcast_ref::<&'static str>().copied();
        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("Box<dyn Any>")
    }

    fn text<const N: usize>(of: &str) -> Text<N> {
        let mut text = Text::new();
        // Writing into it can't fail: what is too long is cut.
        let _ = text.write_str(of);
        text
    }
}

#[cfg(not(feature = "std"))]
pub(super) use unhooked::{is_panicking, passes, watch};

/// Without the standard library no one can tell whether a thread panics.
#[cfg(not(feature = "std"))]
mod unhooked {
    use vivarium_sys::{InstanceId, Site};

    pub(in crate::runtime) fn is_panicking() -> bool {
        false
    }
    pub(in crate::runtime) fn watch() {}
    pub(in crate::runtime) fn passes(_: &'static Site, _: InstanceId) {}
}
