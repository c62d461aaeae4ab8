//! Names with the type and the trait, and the line of the function's name.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use vivarium_tests::observer::{Trace, observe};

fn starts(trace: &Trace) -> Vec<String> {
    trace.lines().iter().filter_map(|line| Some(line.strip_prefix("start ")?.split(" #").next()?.to_owned())).collect()
}

#[test]
fn functions_and_methods() {
    let trace = observe(vivarium_cases::sites::each);
    assert_eq!(
        starts(&trace),
        [
            "sites::plain",
            "sites::type",
            "sites::by_macro",
            "sites::nested",
            "sites::named",
            "blocks::<Store as Default>::default",
            "blocks::<Store as Iterator>::next",
        ]
    );
}

#[test]
fn blocks() {
    let names = starts(&observe(|| vivarium_cases::blocks::CASES.iter().for_each(|(_, case)| case())));
    for expected in [
        "blocks::Store::add",
        "blocks::the first one",
        "blocks::Store::newest",
        "blocks::<Store as From<Vec<T>>>::from",
        "blocks::module::function",
        "blocks::module::inner::function",
        "blocks::module::Holder<{ 2 + 1 }>::length",
        "blocks::module::<Holder as Drop>::drop",
        "blocks::module::Shape::corners",
        "blocks::module::<() as Shape>::sides",
        "blocks::module::absolute",
        "blocks::Area::area",
        "blocks::Area::unit",
        "blocks::One::itself",
        "blocks::Two::itself",
    ] {
        assert!(names.iter().any(|name| name == expected), "{expected} is not among {names:#?}");
    }
    for skipped in ["new", "skipped", "constant", "sides_without_a_body"] {
        assert!(!names.iter().any(|name| name.ends_with(&format!("::{skipped}"))), "{skipped} is among {names:#?}");
    }
}
