use vivarium_session::accounting::{Counter, KernelCounts, Missing, Oddities, gaps};
use vivarium_session::record::{Record, Time};
use vivarium_session::session::{Conclusion, Kinds, Session, SessionInfo};
use vivarium_session::sink::{Look, Tree};
use vivarium_sys::event::{Backend, EventKind};
use vivarium_sys::load::{Effect, Oddity};
use vivarium_sys::wire::Counts;

use crate::support::kernel::{BEGIN, Kernel, ROOT};
use crate::support::observation::{info, sites};

/// The tree of one open, concluded like this.
fn tree(info: SessionInfo, conclude: impl FnOnce(Conclusion) -> Conclusion) -> String {
    let mut kernel = Kernel::new();
    kernel.opens(ROOT, "/etc/hosts");
    let mut output = Vec::new();
    let mut session = Session::new(info, sites(), vec![Box::new(Tree::new(&mut output, Look::plain()))]);
    session.counted(Time(BEGIN + 50_000_000), &KernelCounts::default());
    kernel.records.iter().for_each(|record| session.feed(record));
    session.finish(conclude(Conclusion::at(Time(BEGIN + 412_000_000), Some(kernel.counts))));
    String::from_utf8(output).expect("UTF-8")
}

/// The counter of opens.
fn opens() -> Counter {
    let mut kernel = Kernel::new();
    kernel.opens(ROOT, "/");
    Counter::of(&Record::decode(&kernel.records[0]).expect("a record"))
}

fn with_counts(change: impl FnOnce(&mut Counts)) -> String {
    tree(info(), |conclusion| {
        let mut counts = conclusion.counts.clone().unwrap_or_default();
        let mut of_opens = counts.get(opens());
        change(&mut of_opens);
        counts.set(opens(), of_opens);
        Conclusion { counts: Some(counts), ..conclusion }
    })
}

#[track_caller]
fn assert_begins(tree: &str, expected: &[&str]) {
    let lines: Vec<_> = tree.lines().take(expected.len()).collect();
    assert_eq!(lines, expected);
}

#[test]
fn it_is() {
    let tree = tree(info(), |conclusion| conclusion);
    assert_begins(
        &tree,
        &["vivarium · tour (pid 4242) · backend lsm · 412 ms · complete: 1 event, 0 lost", "[4242 tour]"],
    );
}

#[test]
fn some_found_no_room_and_since_when() {
    let tree = with_counts(|counts| {
        counts.seen += 12;
        counts.dropped += 12;
    });
    let heading = "vivarium · tour (pid 4242) · backend lsm · 412 ms · incomplete: 1 event, 12 lost";
    assert_begins(&tree, &[heading, "  missing: 12 path_open lost: the ring was full, at some time after 50.0 ms"]);
}

#[test]
fn some_were_sent_and_never_read() {
    let tree = with_counts(|counts| {
        counts.seen += 3;
        counts.submitted += 3;
    });
    assert!(tree.contains("incomplete: 1 event, 3 lost\n"), "{tree}");
    assert!(tree.contains("  missing: 3 path_open lost: sent by the kernel but never read\n"), "{tree}");
}

#[test]
fn what_was_filtered_is_not_missing() {
    let tree = with_counts(|counts| {
        counts.seen += 5;
        counts.filtered += 5;
    });
    assert!(tree.contains("complete: 1 event, 0 lost\n"), "{tree}");
}

#[test]
fn counts_that_contradict_each_other_are_no_proof() {
    let unaccounted = with_counts(|counts| counts.seen += 1);
    let too_few = with_counts(|counts| (counts.seen, counts.submitted) = (0, 0));
    for tree in [unaccounted, too_few] {
        assert!(tree.contains("incomplete: ") && tree.contains("path_open doesn't add up"), "{tree}");
    }
}

#[test]
fn the_kernel_could_not_be_asked() {
    let tree = tree(info(), |conclusion| Conclusion { counts: None, ..conclusion });
    assert!(tree.contains("incomplete: 1 event, how many were lost is not known\n"), "{tree}");
}

#[test]
fn an_oddity_that_means_loss_is_one_and_another_is_a_note() {
    let one_of_each = || Oddities::new(vec![1; Oddity::ALL.len()]);
    let tree = tree(info(), |conclusion| Conclusion { oddities: one_of_each(), ..conclusion });
    for oddity in Oddity::ALL {
        let word = if oddity.effect() == Effect::Loss { "  missing: " } else { "note: " };
        assert!(tree.contains(&format!("{word}{}", oddity.sentence())), "{oddity:?} in {tree}");
    }
}

#[test]
fn what_the_observer_knows_to_be_missing_is_missing() {
    let known = Missing::Oddity { what: "the disk is on fire".to_owned(), count: 1 };
    let tree = tree(info(), |conclusion| Conclusion { missing: vec![known], ..conclusion });
    assert!(tree.contains("incomplete: ") && tree.contains("  missing: the disk is on fire"), "{tree}");
}

#[test]
fn what_the_backend_cannot_see_is_named_and_nothing_is_missing_for_it() {
    let kinds = Kinds::new(EventKind::PATH_OPEN.spec());
    let not_visible = gaps(Backend::Lsm, kinds.iter());
    let tree = tree(SessionInfo { kinds, not_visible, ..info() }, |conclusion| conclusion);
    assert!(tree.contains("complete: 1 event, 0 lost\n"), "{tree}");
    assert!(tree.ends_with("backend lsm does not see all of path_open (`vivarium events KIND` says what)\n"), "{tree}");
}
