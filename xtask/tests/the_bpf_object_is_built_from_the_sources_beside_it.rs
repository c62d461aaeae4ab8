//! The committed BPF object is the one that the sources of this checkout give.
use std::process::Command;

#[test]
fn the_bpf_object_is_built_from_the_sources_beside_it() {
    let check = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["bpf", "--check"]).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}
