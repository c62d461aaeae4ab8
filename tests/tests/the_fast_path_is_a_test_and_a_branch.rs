//! The machine code of marked functions, up to their first return, beside that of the same functions without the attribute.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use vivarium_tests::{cargo, tool};

const FIXTURE: &str = "vivarium-fixture-fast-path";

/// The optimised program.
fn program() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let mut build = cargo::command("build");
        build.args(["--release", "--package", FIXTURE]);
        let built = cargo::built_by(build).expect("the fixture can be built");
        let program = built.into_iter().find_map(|artifact| artifact.executable);
        program.expect("the fixture is a program").into()
    };
    PROGRAM.get_or_init(build).clone()
}

/// The instructions of `function` until it first returns: what runs while no one looks, and nothing else.
fn fast_path(function: &str) -> Vec<String> {
    let mut objdump = Command::new("objdump");
    objdump.args(["--disassemble", "--no-show-raw-insn", "--no-addresses"]);
    let output = tool::run(objdump.arg(format!("--disassemble={function}")).arg(program()));
    let text = String::from_utf8_lossy(&output.stdout);
    let body = text.split_once(&format!("<{function}>:\n")).expect("the function is there").1;
    let lines = body.lines().map(|line| line.trim().to_owned());
    let mut is_over = false;
    lines.take_while(|line| !std::mem::replace(&mut is_over, line.starts_with("ret"))).collect()
}

fn count(path: &[String], mnemonic: &str) -> usize {
    path.iter().filter(|line| line.split_whitespace().next() == Some(mnemonic)).count()
}

/// What the attribute adds to the fast path, in instructions that start like this.
fn added(name: &str, mnemonic: &str) -> usize {
    let (bare, marked) = (fast_path(&format!("bare_{name}")), fast_path(&format!("marked_{name}")));
    count(&marked, mnemonic).checked_sub(count(&bare, mnemonic)).expect("the attribute removes nothing")
}

/// Two bytes are loaded and tested, and everything about the site stands behind the branch.
fn assert_only_tests(name: &str) {
    let marked = fast_path(&format!("marked_{name}"));
    let loads: Vec<_> = marked.iter().filter(|line| line.contains("SEMAPHORE") || line.contains("9SEM")).collect();
    assert_eq!(loads.len(), 1, "{marked:#?}");
    assert!(loads[0].starts_with("movzwl") || loads[0].starts_with("cmpw"), "{loads:?}");
    assert_eq!(added(name, "call"), 0, "{marked:#?}");
    assert!(!marked.iter().any(|line| line.contains("keeping") || line.contains("SITE")), "{marked:#?}");
}

#[test]
fn of_a_leaf_there_is_nothing_more() {
    if !tool::is_installed("objdump", "binutils") {
        return;
    }
    assert_only_tests("leaf");
    let (bare, marked) = (fast_path("bare_leaf"), fast_path("marked_leaf"));
    assert!(bare.len() >= 4, "{bare:#?}");
    assert!(marked.len() <= bare.len() + 4, "a load, a test, a branch, and perhaps a move: {marked:#?}");
    assert_eq!(added("leaf", "jne"), 1);
    for saved in ["push", "pop", "sub", "add"] {
        assert_eq!(added("leaf", saved), 0, "{marked:#?}");
    }
}

#[test]
fn of_others_there_is_a_test_at_the_end() {
    if !tool::is_installed("objdump", "binutils") {
        return;
    }
    for name in ["caller", "owner"] {
        assert_only_tests(name);
        assert_eq!(added(name, "jne"), 2, "{name}");
    }
}

#[test]
fn of_a_poll_there_is_only_a_test() {
    if !tool::is_installed("objdump", "binutils") {
        return;
    }
    assert_only_tests("poll");
    assert!(added("poll", "jne") <= 2);
}
