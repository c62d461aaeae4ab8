//! Every kind of event about code is seen, once for each time that it happens, with all of its fields.

use std::fs;

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::{Expected, backend, bits, check, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    fs::write(directory.join("code"), [0xcc; 8192]).expect("a file");
    let directory = directory.to_str().expect("a plain name");
    let observation = Observation::of(&[], &[&subject("kinds"), "code", directory]);
    check(&observation, "code", &expected(directory));
}

fn expected(directory: &str) -> Vec<Expected> {
    let code = bits(5, &["PROT_READ", "PROT_EXEC"]);
    let all = bits(7, &["PROT_READ", "PROT_WRITE", "PROT_EXEC"]);
    let anonymous = bits(0x22, &["MAP_PRIVATE", "MAP_ANONYMOUS"]);
    let mapped = |path: Value, protection: &Value, flags: Value| json!({ "path": path, "protection": protection, "flags": flags });
    let changed = |length: u64| json!({ "path": null, "protection": code, "length": length });
    let private = bits(2, &["MAP_PRIVATE"]);
    vec![
        seen("map_code", "mmap_exec", [mapped(json!(format!("{directory}/code")), &code, private)]),
        seen("map_memory_for_code", "mmap_exec", [mapped(Value::Null, &all, anonymous)]),
        seen("map_no_code", "mmap_exec", []),
        seen("make_code_of_data", "mprotect_exec", [changed(4096)]),
        // System calls don't tell that it could never be written to.
        match backend() {
            Backend::Syscalls => seen("make_code_of_constants", "mprotect_exec", [changed(8192)]),
            _ => seen("make_code_of_constants", "mprotect_exec", []),
        },
        seen(
            "make_a_file_in_memory",
            "memfd_create",
            [json!({ "name": "some name", "flags": bits(1, &["MFD_CLOEXEC"]) })],
        ),
    ]
}
