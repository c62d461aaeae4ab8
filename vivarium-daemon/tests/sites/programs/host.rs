//! A program with sites of every kind, which loads the libraries that it is given and waits until its input ends.

use std::ffi::{CString, c_char, c_int, c_ulong, c_void};
use std::io::{Read, Write};

use vivarium_sys::dynamic::DynamicSite;
use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{InstanceId, Place, Site, SiteKind, site};

#[link(name = "dl")]
unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn prctl(option: c_int, ...) -> c_int;
}

const RTLD_NOW: c_int = 2;
const PR_SET_PTRACER: c_int = 0x59616d61;
const PR_SET_PTRACER_ANY: c_ulong = c_ulong::MAX;

/// Fires the probes of a place if anyone looks.
fn pass(place: Place) {
    if place.is_observed() {
        place.site().start(InstanceId(1), StartFlags::NONE);
        place.site().stop(InstanceId(1), StopFlags::LAST);
    }
}

mod work {
    pub(crate) fn load() {
        super::pass(vivarium_sys::site!(
            kind: Function, name: "load", module: module_path!(), file: "src/work.rs", line: 10, column: 1
        ));
    }

    pub(crate) fn fetch() {
        super::pass(vivarium_sys::site!(
            kind: AsyncFunction, name: "fetch", module: module_path!(), file: "src/work.rs", line: 20, column: 5
        ));
    }
}

fn parse() {
    pass(site!(
        kind: Span, name: "parse", module: module_path!(), file: "src/main.rs", line: 30, column: 17
    ));
}

static QUERY: DynamicSite = DynamicSite::new(SiteKind::Tracing, "host::db", "query", "src/db.rs", 40);
static QUERY_SITE: Site = Site::dynamic(&QUERY, c"host::db::query");
static COMMIT: DynamicSite = DynamicSite::new(SiteKind::Tracing, "host::db", "commit", "src/db.rs", 50);

fn main() {
    // Its user may read its memory, also where the system allows that to parents only.
    // SAFETY: the arguments are those of the option.
    unsafe { prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY) };
    QUERY.register();
    COMMIT.register();
    for argument in std::env::args().skip(1) {
        if argument == "--endless-registry" {
            // The second time makes the list lead back to itself.
            COMMIT.register();
            continue;
        }
        let path = CString::new(argument).unwrap();
        // SAFETY: the path is a C string, and the libraries do nothing when they are loaded.
        let library = unsafe { dlopen(path.as_ptr(), RTLD_NOW) };
        assert!(!library.is_null(), "cannot load {path:?}");
    }
    println!("ready");
    std::io::stdout().flush().unwrap();
    for command in std::io::stdin().bytes() {
        command.unwrap();
        work::load();
        work::fetch();
        parse();
        pass(Place::dynamic(&QUERY_SITE));
        println!("done");
    }
}
