//! A library with one site, to be loaded while a program runs.

use vivarium_sys::probe::StartFlags;
use vivarium_sys::{InstanceId, site};

/// Has a site.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_entry() {
    let place = site!(
        kind: Function, name: "plugin_entry", module: module_path!(), file: "src/plugin.rs", line: 7, column: 1
    );
    if place.is_observed() {
        place.site().start(InstanceId(1), StartFlags::NONE);
    }
}
