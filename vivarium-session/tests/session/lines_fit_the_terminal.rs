use unicode_width::UnicodeWidthStr;
use vivarium_session::sink::Look;
use vivarium_sys::event::EventKind;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{tree, tree_that_looks};
use crate::support::places::Site;

fn wide() -> Kernel {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 1);
    kernel.opens(ROOT, &format!("/long/{}", "日本".repeat(60)));
    let arguments: Vec<u8> = (0..40).flat_map(|number| format!("argument {number}\0").into_bytes()).collect();
    kernel.event(ROOT, EventKind::FILE_UNLINK, &[], &[&arguments]);
    kernel.leave(ROOT, 1);
    kernel
}

#[test]
fn what_is_longer_goes_on_below() {
    for width in [60, 80, 100] {
        let tree = tree_that_looks(&wide(), Look::plain().within(width));
        // The heading is a sentence, which the terminal may break.
        for line in tree.lines().skip(1) {
            assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
        }
        let together: String =
            tree.chars().filter(|character| !character.is_whitespace() && *character != '│').collect();
        assert!(together.contains(&format!("/long/{}", "日本".repeat(5))), "{tree}");
        assert!(together.contains("argument39"), "{tree}");
    }
}

#[test]
fn where_there_is_no_terminal_a_line_is_a_line() {
    let tree = tree(&wide());
    assert_eq!(tree.lines().count(), 5, "{tree}");
}
