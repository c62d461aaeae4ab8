//! Sites that are made while the program runs: each is described once, and the description stays for good.
//!
//! They stand in lists that only grow, without a lock: one that is held while another thread forks would stay held in the
//! child.

use std::ffi::CString;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use vivarium_sys::dynamic::DynamicSite;
use vivarium_sys::{Site, SiteId, SiteKind};

/// The sites that were asked for. Their ids are spread evenly.
static KNOWN: [List; LISTS] = [const { List(AtomicPtr::new(ptr::null_mut())) }; LISTS];
const LISTS: usize = 256;

/// Where a site stands.
#[derive(Clone, Copy)]
pub(crate) struct Described<'a> {
    pub(crate) kind: SiteKind,
    pub(crate) module: &'a str,
    pub(crate) name: &'a str,
    pub(crate) file: &'a str,
    pub(crate) line: u32,
}

impl Described<'_> {
    fn id(self) -> SiteId {
        SiteId::derive(self.module, self.name, self.file, self.line, 0)
    }
}

impl Described<'static> {
    /// The site here, which is described and registered when it is first asked for.
    ///
    /// Sites with one name on one line are one site: no reader could tell them apart.
    pub(crate) fn site(self) -> &'static Site {
        let list = List::of(self.id());
        let newest = list.newest();
        List::find(newest, self.id()).unwrap_or_else(|| list.add(newest, self))
    }

    /// The site here, with a description that is never freed.
    fn describe(self) -> (&'static DynamicSite, Site) {
        let Self { kind, module, name, file, line } = self;
        let description = Box::leak(Box::new(DynamicSite::new(kind, module, name, file, line)));
        let full_name = format!("{module}::{name}").replace('\0', "␀");
        let full_name = CString::new(full_name).unwrap_or_default();
        (description, Site::dynamic(description, Box::leak(full_name.into_boxed_c_str())))
    }
}

#[cfg(all(feature = "session", target_os = "linux"))]
impl Described<'_> {
    /// The site here; its texts are copied when it is first asked for.
    pub(crate) fn copied(self) -> &'static Site {
        let Self { kind, module, name, file, line } = self;
        let known = List::find(List::of(self.id()).newest(), self.id());
        known.unwrap_or_else(|| {
            let [module, name, file] = [module, name, file].map(|text| &*String::leak(text.to_owned()));
            Described { kind, module, name, file, line }.site()
        })
    }
}

/// Some of the known sites, the newest first.
struct List(AtomicPtr<Known>);

struct Known {
    site: Site,
    older: Option<&'static Known>,
}

impl List {
    fn of(id: SiteId) -> &'static Self {
        &KNOWN[id.0 as usize % LISTS]
    }

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
    fn add(&self, mut newest: Option<&'static Known>, place: Described<'static>) -> &'static Site {
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

    use super::*;

    fn place(line: u32) -> Described<'static> {
        Described { kind: SiteKind::Span, module: "a module", name: "a\0b", file: "a file", line }
    }

    #[test]
    fn threads_that_meet_at_a_place_agree_on_its_site() {
        const THREADS: usize = 4;
        let together = Barrier::new(THREADS);
        let sites = || (0..500).map(|line| (together.wait(), ptr::from_ref(place(line).site()).addr()).1).collect();
        let found: Vec<Vec<usize>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(sites)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|sites| *sites == found[0]));
    }

    #[test]
    fn a_zero_byte_does_not_end_a_name() {
        assert_eq!(place(1000).site().name.to_str(), Ok("a module::a␀b"));
    }
}
