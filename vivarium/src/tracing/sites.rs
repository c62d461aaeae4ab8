//! Callsites of `tracing` as sites.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing_core::Metadata;
use vivarium_sys::dynamic::DynamicSite;
use vivarium_sys::{Site, SiteKind};

use crate::runtime::Described;

/// The site of a callsite, which is described and registered when it is first asked for.
pub(super) fn of(callsite: &'static Metadata<'static>) -> &'static Site {
    let place = Described {
        kind: SiteKind::Tracing,
        module: callsite.module_path().unwrap_or_else(|| callsite.target()),
        name: callsite.name(),
        file: callsite.file().unwrap_or_default(),
        line: callsite.line().unwrap_or_default(),
    };
    place.site()
}

/// The site of a span whose callsite nobody knows.
pub(super) fn unknown() -> &'static Site {
    static DESCRIPTION: DynamicSite =
        DynamicSite::new(SiteKind::Tracing, "vivarium::tracing", "unknown", file!(), line!());
    static SITE: Site = Site::dynamic(&DESCRIPTION, c"vivarium::tracing::unknown");
    static IS_REGISTERED: AtomicBool = AtomicBool::new(false);
    if !IS_REGISTERED.swap(true, Ordering::Relaxed) {
        DESCRIPTION.register();
    }
    &SITE
}
