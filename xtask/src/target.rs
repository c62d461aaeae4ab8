//! The targets that the compiler has a standard library for.

use std::path::Path;
use std::process::Command;

/// What is to be done where the compiler lacks the standard library for this target; nothing where it has it.
pub(crate) fn missing(target: &str) -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output();
    let is_installed =
        output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim_end()).is_dir());
    (!is_installed).then(|| format!("the target is not installed: `rustup target add {target}`"))
}
