//! Each callsite of `tracing` that can open a span is a site from the moment its subscriber hears of it, once.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::thread;

use tracing::info_span;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_sys::SiteKind;
use vivarium_tests::registered;

fn behind_a_bridge<R>(program: impl FnOnce() -> R) -> R {
    with_default(Bridge::new(tracing_subscriber::registry().with(Identity::new())), program)
}

mod elsewhere {
    pub(super) const LINE: u32 = line!() + 3;

    pub(super) fn open() {
        tracing::debug_span!(target: "a target", "described").in_scope(|| ());
    }
}

#[test]
fn it_tells_where_the_callsite_is() {
    behind_a_bridge(elsewhere::open);
    let [site] = &registered::named("described")[..] else { panic!("there is one") };
    assert_eq!(site.kind, SiteKind::Tracing);
    assert_eq!(site.module.to_string(), "each_tracing_callsite_is_registered_once::elsewhere");
    assert_eq!(site.file.to_string(), file!());
    assert_eq!(site.line, elsewhere::LINE);
}

#[test]
fn however_many_threads_and_subscribers_there_are() {
    let open = || info_span!("everywhere").in_scope(|| ());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10).for_each(|_| behind_a_bridge(open)));
        }
    });
    assert_eq!(registered::named("everywhere").len(), 1);
}

#[test]
fn callsites_that_nobody_could_tell_apart_are_one() {
    #[rustfmt::skip]
    behind_a_bridge(|| { info_span!("twins").in_scope(|| ()); info_span!("twins").in_scope(|| ()); });
    assert_eq!(registered::named("twins").len(), 1);
    behind_a_bridge(|| {
        info_span!("siblings").in_scope(|| ());
        info_span!("siblings").in_scope(|| ());
    });
    assert_eq!(registered::named("siblings").len(), 2);
}
