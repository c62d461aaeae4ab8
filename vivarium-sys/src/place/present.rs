//! Sites where there are probes: on Linux, on the architectures below.

#[cfg(feature = "dynamic")]
pub(crate) mod dynamic;
mod notes;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use crate::{Semaphore, Site};

/// Whether sites exist on this platform.
pub const SUPPORTED: bool = true;

/// A site together with its semaphore, as the macro [`site!`](crate::site!) gives it.
///
/// The two are apart so that the fast path names the semaphore directly and never loads the site.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    semaphore: &'static Semaphore,
    site: &'static Site,
}

impl Place {
    /// The place of `site`, whose observers are counted in `semaphore`.
    #[inline(always)]
    #[must_use]
    pub const fn new(semaphore: &'static Semaphore, site: &'static Site) -> Self {
        Self { semaphore, site }
    }

    /// Whether anyone is looking: a load of two bytes and a comparison.
    #[inline(always)]
    #[must_use]
    pub fn is_observed(self) -> bool {
        self.semaphore.is_held()
    }

    /// The site.
    #[inline(always)]
    #[must_use]
    pub const fn site(self) -> &'static Site {
        self.site
    }
}

/// Lays down a site here and gives its [`Place`].
///
/// ```
/// let place = vivarium_sys::site!(
///     kind: Function, name: "load", module: module_path!(), file: file!(), line: line!(), column: column!()
/// );
/// assert!(!place.is_observed());
/// assert!(place.site().name.to_str().unwrap().ends_with("::load"));
/// ```
///
/// All of these go into the text of an assembler directive. A name or a file with a quote, a backslash, a brace or a
/// control character must be given a second time for that, with escapes, as `texts: ["a\\173b", file!()]` for a brace; the
/// macros of `vivarium` do that.
///
/// The probes stand in a function of their own that is never inlined. So a site has one address for each of them however often
/// its function is inlined or instantiated, and the marked function holds a test and a call that is rarely made.
#[macro_export]
macro_rules! site {
    (
        kind: $kind:ident, name: $name:expr, module: $module:expr,
        file: $file:expr, line: $line:expr, column: $column:expr
    ) => {
        $crate::site!(
            kind: $kind, name: $name, module: $module, file: $file, line: $line, column: $column, texts: [$name, $file]
        )
    };
    (
        kind: $kind:ident, name: $name:expr, module: $module:expr,
        file: $file:expr, line: $line:expr, column: $column:expr, texts: [$name_text:expr, $file_text:expr]
    ) => {{
        #[unsafe(link_section = ".probes")]
        static SEMAPHORE: $crate::Semaphore = $crate::Semaphore::new();

        const ID: $crate::SiteId = $crate::SiteId::derive($module, $name, $file, $line, $column);

        #[cold]
        #[inline(never)]
        extern "C" fn fire(
            instance: ::core::primitive::u64,
            site: ::core::primitive::u64,
            flags: ::core::primitive::u32,
            text: *const ::core::ffi::c_char,
            more: *const ::core::ffi::c_void,
            line: ::core::primitive::u32,
            probe: ::core::primitive::u32,
        ) {
            $crate::__fixed_site!(
                about: $crate::__site_note!(
                    $crate::__site_kind_number!($kind), $module, $name_text, $file_text, $line, $column
                ),
                function: fire, semaphore: SEMAPHORE, id: ID.0,
                arguments: [instance, site, flags, text, more, line, probe]
            );
        }

        static SITE: $crate::Site = $crate::Site {
            id: ID,
            name: $crate::place_name(::core::concat!($module, "::", $name, "\0")),
            descriptor: ::core::option::Option::None,
            fire,
        };

        $crate::Place::new(&SEMAPHORE, &SITE)
    }};
}
