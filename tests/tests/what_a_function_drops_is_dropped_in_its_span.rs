//! Arguments and the temporaries of a last expression too, in each edition.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use vivarium_tests::observer::{Trace, observe};

/// The trace of one span, or poll, that drops `count` witnesses before it ends.
fn assert_drops_inside(trace: &Trace, name: &str, poll: &str, count: usize) {
    let mut expected = vec![format!("start {name} #1{poll}")];
    for number in 2..2 + count {
        expected
            .extend([format!("start witnesses::dropped #{number}"), format!("stop witnesses::dropped #{number} last")]);
    }
    expected.push(format!("stop {name} #1{poll} last"));
    assert_eq!(trace.lines(), expected);
}

macro_rules! in_edition {
    ($edition:ident: $cases:ident) => {
        #[test]
        fn $edition() {
            use $cases::witnesses::{self, Holder, Witness};

            let trace = observe(|| assert_eq!(witnesses::arguments(Witness, Witness, (Witness, 1)), 1));
            assert_drops_inside(&trace, "witnesses::arguments", "", 3);
            let trace = observe(|| assert_eq!(witnesses::fallible_arguments(Some(Witness), Witness), Ok(1)));
            assert_drops_inside(&trace, "witnesses::fallible_arguments", "", 2);
            let trace = observe(|| assert_eq!(Holder(Witness).fallible(Witness), Ok(1)));
            assert_drops_inside(&trace, "witnesses::fallible", "", 2);
            let trace = observe(|| assert_eq!(witnesses::temporary(), 1));
            assert_drops_inside(&trace, "witnesses::temporary", "", 1);
            let trace = observe(|| assert_eq!($cases::futures::finish(witnesses::temporary_in_a_future(Witness)), 1));
            assert_drops_inside(&trace, "witnesses::temporary_in_a_future", " poll", 2);
            let trace = observe(|| assert_eq!(witnesses::temporary_in_a_span(), 2));
            assert_eq!(
                trace,
                [
                    "start witnesses::block #1",
                    "start witnesses::dropped #2",
                    "stop witnesses::dropped #2 last",
                    "stop witnesses::block #1 last",
                    "start witnesses::expression #3",
                    "start witnesses::dropped #4",
                    "stop witnesses::dropped #4 last",
                    "stop witnesses::expression #3 last",
                ]
            );
        }
    };
}

in_edition!(edition_2024: vivarium_cases);
in_edition!(edition_2021: vivarium_cases_2021);
