use vivarium::fixture::{self, Expectation};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::{opens, seen, told};

fn incomplete() -> vivarium::seen::Observation {
    seen(|kernel: &mut Kernel| {
        opens(kernel, "/srv/a", libc::O_RDONLY);
        kernel.losing(|kernel| kernel.opens(ROOT, "/etc/passwd"));
    })
}

/// Takes an expectation that holds, as far as it was checked.
fn assert_holds(_: Expectation<'_>) {}

#[test]
fn absence_is_not_told_from_loss() {
    let seen = incomplete();
    assert!(!seen.is_complete());
    let absences: [&dyn Fn(Expectation<'_>); 6] = [
        &|expect| assert_holds(expect.only([fixture::opens("/srv/a")])),
        &|expect| assert_holds(expect.no("@net")),
        &|expect| assert_holds(expect.at_most(3, "path_open")),
        &|expect| assert_holds(expect.exactly(1, "path_open")),
        &|expect| assert_holds(expect.exactly(0, "sock_connect")),
        &|expect| assert_holds(expect.complete()),
    ];
    for absence in absences {
        let told = told(|| absence(seen.expect()));
        assert!(told.contains("can't be told, because the observation is incomplete"), "{told}");
        assert!(told.contains("missing: 1 path_open lost"), "{told}");
    }
}

#[test]
fn presence_is() {
    incomplete().expect().at_least(1, fixture::opens("/srv/a"));
}
