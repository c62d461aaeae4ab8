//! The probes that all dynamic sites share, and the note that locates their list.

use core::ffi::c_char;

use crate::dynamic::{DynamicSite, REGISTRY};
use crate::probe::{Raise, StartFlags, StopFlags};
use crate::{Place, Semaphore, Site, SiteId};

#[unsafe(link_section = ".probes")]
static SEMAPHORE: Semaphore = Semaphore::new();

#[cold]
#[inline(never)]
extern "C" fn start(instance: u64, site: u64, flags: StartFlags, name: *const c_char, descriptor: *const DynamicSite) {
    crate::__probe_start!(
        dynamic, start, SEMAPHORE, SiteId::DYNAMIC.0,
        [
            ".4byte 996f - 995f, 998f - 997f, 3",
            "995: .asciz \"vivarium\"",
            "996: .balign 4",
            "997: .8byte {registry}",
            ".8byte _.stapsdt.base",
            "998: .balign 4"
        ],
        [instance, site, flags.0, name, descriptor]
        registry = sym REGISTRY,
    );
}

#[cold]
#[inline(never)]
extern "C" fn stop(instance: u64, site: u64, flags: StopFlags) {
    crate::__probe_stop!(dynamic, stop, SEMAPHORE, SiteId::DYNAMIC.0, [instance, site, flags.0]);
}

#[cold]
#[inline(never)]
fn raise(instance: u64, site: u64, what: &Raise<'_>) {
    crate::__probe_raise!(dynamic, raise, SEMAPHORE, SiteId::DYNAMIC.0, [instance, site, what]);
}

impl Site {
    /// The site that `descriptor` describes, which must have been registered; `name` is its module path and name.
    #[must_use]
    pub const fn dynamic(descriptor: &'static DynamicSite, name: &'static core::ffi::CStr) -> Self {
        Self { id: descriptor.id(), name, descriptor: Some(descriptor), start, stop, raise }
    }
}

impl Place {
    /// The place of a dynamic site.
    #[must_use]
    pub const fn dynamic(site: &'static Site) -> Self {
        Self::new(&SEMAPHORE, site)
    }
}

/// Whether anyone is looking at the dynamic sites of this program, which share one semaphore.
#[inline(always)]
#[must_use]
pub fn is_observed() -> bool {
    SEMAPHORE.is_held()
}
