use vivarium::fixture::{self, event};
use vivarium_sys::event::EventKind;

use crate::support::kernel::ROOT;
use crate::support::places::Site;
use crate::support::{opens, seen, told};

#[test]
fn bounds_hold_or_are_told() {
    let seen = seen(|kernel| {
        opens(kernel, "/srv/a", libc::O_RDONLY);
        opens(kernel, "/srv/b", libc::O_RDONLY);
    });
    seen.expect().at_least(1, "path_open").at_least(2, "path_open").at_most(2, "@file").exactly(2, event("path_*"));
    seen.expect().exactly(1, fixture::opens("/srv/a")).exactly(0, "@net");
    let few = told(|| seen.expect().at_least(3, "path_open"));
    assert!(few.starts_with(r#"expected `at_least(3, "path_open")`, but it happened only 2 times"#), "{few}");
    assert!(few.contains(r#".exactly(2, "path_open")"#), "{few}");
    let many = told(|| seen.expect().at_most(1, "path_open"));
    assert!(many.contains("these 2 events happened") && many.contains("/srv/b"), "{many}");
    let none = told(|| seen.expect().exactly(1, "sock_connect"));
    assert!(none.contains("nothing of that kind happened") && none.contains("/srv/a"), "{none}");
}

#[test]
fn what_waits_for_its_result_counts_and_so_does_each_repetition() {
    let seen = seen(|kernel| {
        kernel.asks_to_open(ROOT, "/srv/a");
        kernel.returns(ROOT, Some(3));
        kernel.asks_to_open(ROOT, "/srv/b");
        (0..3).for_each(|_| kernel.raw_event(ROOT, EventKind::CAPABLE_CHECK, Some(0), &[21, 0], &[]));
        kernel.enter(ROOT, Site::PARSE, 2);
        kernel.leave(ROOT, 2);
    });
    seen.expect().exactly(1, fixture::opens("/srv/a")).exactly(1, fixture::opens("/srv/b")).exactly(2, "path_open");
    seen.expect().exactly(3, "capable_check");
    assert_eq!(seen.events().find_map(|event| event.result()), Some(3));
    let few = told(|| seen.expect().no(fixture::opens("/srv/b")));
    assert!(few.contains("/srv/b"), "{few}");
}
