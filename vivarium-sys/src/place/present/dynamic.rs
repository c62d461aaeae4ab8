//! The probes that all dynamic sites share, and the note that locates their list.

use core::ffi::{c_char, c_void};

#[cfg(target_arch = "aarch64")]
use super::aarch64 as form;
#[cfg(target_arch = "x86_64")]
use super::x86_64 as form;
use crate::dynamic::{DynamicSite, REGISTRY};
use crate::{Place, Semaphore, Site, SiteId};

#[unsafe(link_section = ".probes")]
static SEMAPHORE: Semaphore = Semaphore::new();

#[cold]
#[inline(never)]
extern "C" fn fire(
    instance: u64,
    site: u64,
    flags: u32,
    text: *const c_char,
    more: *const c_void,
    line: u32,
    probe: u32,
) {
    form::dynamic_site!(
        about: ".4byte 992f - 991f, 994f - 993f, 3\n\
                991: .asciz \"vivarium\"\n\
                992: .balign 4\n\
                993: .8byte {registry}, _.stapsdt.base\n\
                994: .balign 4",
        function: fire, semaphore: SEMAPHORE, id: SiteId::DYNAMIC.0,
        arguments: [instance, site, flags, text, more, line, probe],
        registry = sym REGISTRY
    );
}

impl Site {
    /// The site that `descriptor` describes, which must have been registered; `name` is its module path and name.
    #[must_use]
    pub const fn dynamic(descriptor: &'static DynamicSite, name: &'static core::ffi::CStr) -> Self {
        Self { id: descriptor.id(), name, descriptor: Some(descriptor), fire }
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
