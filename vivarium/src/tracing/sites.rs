//! Callsites of `tracing` as sites: each is described once, and the description stays for good.
//!
//! They stand in lists that only grow, without a lock: one that is held while another thread forks would stay held in the
//! child.

use std::ffi::CString;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use tracing_core::Metadata;
use vivarium_sys::dynamic::DynamicSite;
use vivarium_sys::{Site, SiteId, SiteKind};

/// The sites of all callsites that were heard of. Their ids are spread evenly.
static KNOWN: [List; LISTS] = [const { List(AtomicPtr::new(ptr::null_mut())) }; LISTS];
const LISTS: usize = 256;

/// The site of a callsite, which is described and registered when it is first asked for.
///
/// Callsites with one name on one line are one site: no reader could tell them apart.
pub(super) fn of(callsite: &'static Metadata<'static>) -> &'static Site {
    let place = Place::of(callsite);
    let id = place.id();
    let list = &KNOWN[id.0 as usize % LISTS];
    let newest = list.newest();
    List::find(newest, id).unwrap_or_else(|| list.add(newest, place))
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

/// Where a callsite stands, as far as it tells.
#[derive(Clone, Copy)]
struct Place {
    module: &'static str,
    name: &'static str,
    file: &'static str,
    line: u32,
}

impl Place {
    fn of(callsite: &'static Metadata<'static>) -> Self {
        Self {
            module: callsite.module_path().unwrap_or_else(|| callsite.target()),
            name: callsite.name(),
            file: callsite.file().unwrap_or_default(),
            line: callsite.line().unwrap_or_default(),
        }
    }

    fn id(self) -> SiteId {
        SiteId::derive(self.module, self.name, self.file, self.line, 0)
    }

    /// The site here, with a description that is never freed.
    fn describe(self) -> (&'static DynamicSite, Site) {
        let Self { module, name, file, line } = self;
        let description = Box::leak(Box::new(DynamicSite::new(SiteKind::Tracing, module, name, file, line)));
        let full_name = format!("{module}::{name}").replace('\0', "␀");
        let full_name = CString::new(full_name).unwrap_or_default();
        (description, Site::dynamic(description, Box::leak(full_name.into_boxed_c_str())))
    }
}

/// Some of the known sites, the newest first.
struct List(AtomicPtr<Known>);

struct Known {
    site: Site,
    older: Option<&'static Known>,
}

impl List {
    fn newest(&self) -> Option<&'static Known> {
        // SAFETY: what `add` has put here is never freed and never changed.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    fn find(newest: Option<&'static Known>, id: SiteId) -> Option<&'static Site> {
        let mut known = std::iter::successors(newest, |known| known.older);
        known.find(|known| known.site.id == id).map(|known| &known.site)
    }

    /// Adds the site at `place`, which isn't in the list from `newest` on, unless another thread is faster. What is then left
    /// behind is a few bytes, once.
    fn add(&self, mut newest: Option<&'static Known>, place: Place) -> &'static Site {
        let (description, site) = place.describe();
        let added: &'static mut Known = Box::leak(Box::new(Known { site, older: newest }));
        loop {
            let expected = newest.map_or(ptr::null(), ptr::from_ref).cast_mut();
            match self.0.compare_exchange(expected, ptr::from_mut(added), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {
                    description.register();
                    return &added.site;
                }
                Err(_) => newest = self.newest(),
            }
            if let Some(site) = Self::find(newest, place.id()) {
                return site;
            }
            added.older = newest;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use tracing_core::field::FieldSet;
    use tracing_core::{Callsite, Interest, Kind, Level, identify_callsite};

    use super::*;

    struct Nowhere;

    static NOWHERE: Nowhere = Nowhere;

    impl Callsite for Nowhere {
        fn set_interest(&self, _: Interest) {}
        fn metadata(&self) -> &Metadata<'_> {
            unreachable!("no one asks")
        }
    }

    fn callsite(line: u32) -> &'static Metadata<'static> {
        let fields = FieldSet::new(&[], identify_callsite!(&NOWHERE));
        let (file, module) = (Some("a file"), Some("a module"));
        Box::leak(Box::new(Metadata::new(
            "a\0b",
            "a target",
            Level::INFO,
            file,
            Some(line),
            module,
            fields,
            Kind::SPAN,
        )))
    }

    #[test]
    fn threads_that_meet_at_a_callsite_agree_on_its_site() {
        const THREADS: usize = 4;
        let callsites: Vec<_> = (0..500).map(callsite).collect();
        let together = Barrier::new(THREADS);
        let sites =
            || callsites.iter().map(|callsite| (together.wait(), ptr::from_ref(of(callsite)).addr()).1).collect();
        let found: Vec<Vec<usize>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(sites)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|sites| *sites == found[0]));
    }

    #[test]
    fn a_zero_byte_does_not_end_a_name() {
        assert_eq!(of(callsite(1000)).name.to_str(), Ok("a module::a␀b"));
    }
}
