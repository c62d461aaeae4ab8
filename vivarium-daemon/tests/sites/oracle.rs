//! Tools that others wrote, where they are installed.

use std::path::Path;
use std::process::Command;

use super::command::{skip, text};

/// What the tool writes, or none where it isn't installed.
#[track_caller]
pub(crate) fn output_of(tool: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = match Command::new(tool).args(arguments).arg(file).env("LC_ALL", "C").output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skip(&format!("{tool} is not installed"));
            return None;
        }
        Err(error) => panic!("{tool}: {error}"),
    };
    assert!(output.status.success(), "{tool}: {}", text(&output.stderr));
    Some(text(&output.stdout))
}

/// Whether a tool is there.
pub(crate) fn is_installed(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        skip(&format!("{tool} is not installed"));
    }
    found
}

/// Reads a hexadecimal number such as `0x1f`.
#[track_caller]
pub(crate) fn hexadecimal(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or_else(|_| panic!("{text:?} is a number"))
}
