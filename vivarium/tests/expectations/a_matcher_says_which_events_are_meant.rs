use vivarium::fixture::{self, Matcher, connects, event, executes, renames, unlinks};
use vivarium_sys::event::EventKind;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::places::Site;
use crate::support::{opens, seen};

fn count(work: impl FnOnce(&mut Kernel), matcher: Matcher) -> usize {
    let seen = seen(work);
    seen.events().filter(|event| matcher.matches(event)).count()
}

#[test]
fn both_names_of_a_rename_matter() {
    let rename = |kernel: &mut Kernel| kernel.event(ROOT, EventKind::FILE_RENAME, &[0], &[b"/srv/a.tmp", b"/srv/a"]);
    assert_eq!(count(rename, renames("**/*.tmp", "**/a")), 1);
    assert_eq!(count(rename, renames("**/a", "**/*.tmp")), 0);
    assert_eq!(count(rename, event("@file").on("/srv/a")), 1);
}

#[test]
fn removals_and_programs_go_by_their_paths() {
    let work = |kernel: &mut Kernel| {
        kernel.event(ROOT, EventKind::FILE_UNLINK, &[], &[b"/srv/a.lock"]);
        kernel.executes(ROOT, "/bin/true", &["true"]);
    };
    assert_eq!(count(work, unlinks("a.lock")), 1);
    assert_eq!(count(work, executes("/bin/*")), 1);
    assert_eq!(count(work, executes("/usr/bin/*")), 0);
}

#[test]
fn a_unix_socket_goes_by_its_path_or_its_name() {
    let work = |kernel: &mut Kernel| {
        kernel.event(ROOT, EventKind::UNIX_CONNECT, &[1, 1, 0], &[b"\x01\0/run/db.sock\0"]);
        kernel.event(ROOT, EventKind::UNIX_CONNECT, &[1, 1, 0], &[b"\x01\0\0bus"]);
    };
    assert_eq!(count(work, connects("/run/*.sock")), 1);
    assert_eq!(count(work, connects("@bus")), 1);
    assert_eq!(count(work, connects("*:*")), 0);
}

#[test]
fn a_span_holds_what_its_callees_do() {
    let work = |kernel: &mut Kernel| {
        kernel.enter(ROOT, Site::LOAD_CONFIG, 2);
        kernel.enter(ROOT, Site::PARSE, 3);
        opens(kernel, "/srv/a", libc::O_RDONLY);
        kernel.leave(ROOT, 3);
        kernel.leave(ROOT, 2);
        opens(kernel, "/srv/a", libc::O_RDONLY);
    };
    assert_eq!(count(work, fixture::opens("/srv/a")), 2);
    assert_eq!(count(work, fixture::opens("/srv/a").within("load_config")), 1);
    assert_eq!(count(work, fixture::opens("/srv/a").within("parse")), 1);
    assert_eq!(count(work, fixture::opens("/srv/a").within("fetch")), 0);
}

#[test]
fn a_matcher_is_shown_as_it_is_written() {
    let matcher = event("sock_*").with("10.0.0.0/8:*").within("fetch").failing();
    assert_eq!(matcher.to_string(), r#"event("sock_*").with("10.0.0.0/8:*").within("fetch").failing()"#);
}
