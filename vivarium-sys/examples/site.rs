//! One site, by hand: what the macros of `vivarium` make of a function.
use vivarium_sys::InstanceId;
use vivarium_sys::probe::{Raise, RaiseKind, StartFlags, StopFlags};

fn main() {
    let place = vivarium_sys::site!(
        kind: Function, name: "by_hand", module: module_path!(), file: file!(), line: line!(), column: column!()
    );
    for number in 1..=3 {
        if place.is_observed() {
            let instance = InstanceId(number);
            place.site().start(instance, StartFlags::NONE);
            place.site().raise(
                instance,
                &Raise { kind: RaiseKind::Error, message: c"why", file: c"somewhere.rs", line: line!() },
            );
            place.site().stop(instance, StopFlags::LAST);
        }
    }
}
