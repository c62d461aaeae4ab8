//! Each mistake gets one error, at the token that it is about, with a way out.

#[test]
fn errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
