//! The pages in `docs` that are made from the code are as it says.
use std::process::Command;

#[test]
fn the_generated_pages_are_what_the_code_says() {
    let check = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["docs", "--check"]).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}
