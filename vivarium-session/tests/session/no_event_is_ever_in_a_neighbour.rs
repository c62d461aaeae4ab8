use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::improvised::{Performance, acts};
use crate::support::observation::{lines, of_type, tree};

/// For each open that arrived: its path, the instances of its stack as the session tells them, and that of its span.
fn told(lines: &[Value]) -> Vec<(String, Vec<Option<u64>>, Option<u64>)> {
    let instance = |start: &Value| {
        let instance = start["instance"].as_str().expect("a text");
        (start["span"].as_u64().expect("a number"), u64::from_str_radix(instance, 16).expect("hexadecimal"))
    };
    let instances: HashMap<u64, u64> = of_type(lines, "span_start").iter().map(instance).collect();
    let instance_of = |span: &Value| span.as_u64().map(|span| instances[&span]);
    let opens = lines.iter().filter(|line| line["kind"] == "path_open");
    opens
        .map(|open| {
            let path = open["fields"]["path"].as_str().expect("a text").to_owned();
            let stack = open["stack"].as_array().expect("an array").iter().map(instance_of).collect();
            (path, stack, instance_of(&open["span"]))
        })
        .collect()
}

/// Whether the known frames are frames of the truth, in order and the innermost at its place.
fn is_honest(told: &[Option<u64>], truth: &[u64]) -> bool {
    let mut rest = truth.iter();
    told.last().copied().flatten() == truth.last().copied()
        && told.iter().flatten().all(|instance| rest.any(|frame| frame == instance))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_lost(acts in acts(true)) {
        let performance = Performance::of(&acts);
        for (path, stack, span) in told(&lines(&performance.kernel)) {
            let truth = &performance.truth[&path];
            prop_assert_eq!(span, truth.last().copied(), "the span of {}", path);
            let shown: Vec<_> = stack.iter().take(20).collect();
            prop_assert!(is_honest(&stack, truth), "{path} was in {truth:?}, and is told to be in {shown:?}");
        }
        tree(&performance.kernel);
    }

    #[test]
    fn and_nothing_is_unknown_where_nothing_is_lost(acts in acts(false)) {
        let performance = Performance::of(&acts);
        let lines = lines(&performance.kernel);
        for (path, stack, _) in told(&lines) {
            let truth: Vec<_> = performance.truth[&path].iter().copied().map(Some).collect();
            prop_assert_eq!(stack, truth, "the stack of {}", path);
        }
        prop_assert_eq!(&of_type(&lines, "summary")[0]["verdict"], "complete");
    }
}
