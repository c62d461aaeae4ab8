//! Where there are no probe sites: everything compiles to nothing.

#[cfg(feature = "dynamic")]
use core::ffi::CStr;

#[cfg(feature = "dynamic")]
use crate::dynamic::DynamicSite;
use crate::{Semaphore, Site};

/// Whether sites exist on this platform.
pub const SUPPORTED: bool = false;

/// A site that isn't there. Nobody ever looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Place(());

impl Place {
    /// The place of `site`; nothing of it is kept.
    #[inline(always)]
    #[must_use]
    pub const fn new(_semaphore: &'static Semaphore, _site: &'static Site) -> Self {
        Self(())
    }

    /// The place of nothing.
    #[inline(always)]
    #[must_use]
    pub const fn nowhere() -> Self {
        Self(())
    }

    #[cfg(feature = "dynamic")]
    /// The place of a dynamic site; nothing of it is kept.
    #[inline(always)]
    #[must_use]
    pub const fn dynamic(_site: &'static Site) -> Self {
        Self(())
    }

    /// Whether anyone is looking: never.
    #[inline(always)]
    #[must_use]
    pub const fn is_observed(self) -> bool {
        false
    }

    /// A site whose probes do nothing.
    #[inline(always)]
    #[must_use]
    pub const fn site(self) -> &'static Site {
        &Site::NOWHERE
    }
}

#[cfg(feature = "dynamic")]
impl Site {
    /// The site that `descriptor` describes; it has no probes.
    #[must_use]
    pub const fn dynamic(descriptor: &'static DynamicSite, name: &'static CStr) -> Self {
        Self { id: descriptor.id(), name, descriptor: Some(descriptor), ..Self::NOWHERE }
    }
}

#[cfg(feature = "dynamic")]
pub(crate) mod dynamic {
    /// Whether anyone is looking at the dynamic sites of this program: never.
    #[inline(always)]
    #[must_use]
    pub const fn is_observed() -> bool {
        false
    }
}

/// Lays down nothing.
#[macro_export]
macro_rules! site {
    ($($anything:tt)*) => {
        $crate::Place::nowhere()
    };
}
