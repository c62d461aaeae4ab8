//! Every case that doesn't unwind, in an optimised program built with `panic = "abort"`; and a panic there is raised
//! before the end.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::Command;

/// Dependencies need not be fast.
const PROFILE: [&str; 4] = ["inherits='dev'", "panic='abort'", "opt-level=3", "package.'*'.opt-level=0"];

#[test]
fn cases_hold_and_a_panic_is_raised() {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "vivarium-fixture-aborting", "--profile", "aborting"])
        .args(PROFILE.iter().flat_map(|setting| ["--config".into(), format!("profile.aborting.{setting}")]))
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.lines().filter(|line| line.starts_with("held: ")).count() > 100, "each case was run: {text}");
    let seen: Vec<_> = text.lines().filter(|line| !line.starts_with("held: ")).collect();
    assert_eq!(
        seen,
        [
            "seen: start outer #1",
            "seen: start inner #2",
            "seen: raise inner #2 panic \"the end\"",
            &format!("signal: {}", libc::SIGABRT),
        ]
    );
}
