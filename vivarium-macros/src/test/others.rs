//! Which of the other attributes of a function make a test of it.

use crate::attribute::Attribute;

/// What isn't called `test` and makes one all the same.
const MAKERS: &[&str] = &[
    "gtest",
    "parameterized",
    "property_test",
    "proptest",
    "quickcheck",
    "rstest",
    "sealed_test",
    "test_case",
    "test_matrix",
    "wasm_bindgen_test",
];

/// Whether an attribute surely makes a test of its function: `#[test]`, `#[tokio::test]` and their like.
///
/// Many have to do with tests and make none, as `#[traced_test]` and `#[test_context]`. One that is taken for a maker and is
/// none leaves a test that never runs, and nobody is told. The other mistake is seen: the test is run twice, unless the maker
/// looks whether there is a `#[test]`, as most do. So what isn't known makes none.
pub(super) fn makes_a_test(attribute: &Attribute) -> bool {
    attribute.path().last().is_some_and(|word| word == "test" || MAKERS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::*;

    fn is_taken_for_one(attribute: &str) -> bool {
        let tokens: TokenStream = attribute.parse().expect("tokens");
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        makes_a_test(&Attribute::take_all(&mut trees.as_slice())[0])
    }

    #[test]
    fn what_is_called_test_makes_one_and_so_do_a_few_others() {
        for attribute in [
            "#[test]",
            "#[::core::prelude::v1::test]",
            "#[tokio::test(flavor = \"multi_thread\")]",
            "#[test_log::test(tokio::test)]",
            "#[rstest]",
            "#[rstest::rstest]",
            "#[test_case(1; \"one\")]",
            "#[wasm_bindgen_test]",
            "#[quickcheck]",
        ] {
            assert!(is_taken_for_one(attribute), "{attribute}");
        }
    }

    #[test]
    fn what_only_has_to_do_with_tests_makes_none() {
        for attribute in [
            "#[tracing_test::traced_test]",
            "#[test_context(Database)]",
            "#[test_with::env(HOME)]",
            "#[serial_test::serial]",
            "#[latest]",
            "#[cfg(test)]",
        ] {
            assert!(!is_taken_for_one(attribute), "{attribute}");
        }
    }
}
