//! Every kind of event about functions of libraries is seen, once for each time that they are called, with all of its
//! fields.

use std::ffi::{CStr, CString};
use std::fs;

use serde_json::{Value, json};
use vivarium_tests::kinds::{Expected, bits, check, one_of, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    fs::copy(resolved("libgcc_s.so.1"), directory.join("library.so")).expect("a library of another name");
    let directory = directory.to_str().expect("a plain name");
    let options = ["-e", "dlopen,env_access,ssl_write"];
    let observation = Observation::of(&options, &[&subject("kinds"), "library", directory]);
    check(&observation, "library", &expected(directory));
    let told: String = observation.events("env_access").map(|line| line["fields"].to_string()).collect();
    assert!(!told.contains("secret"), "{told}");
}

/// What the loader calls a library of this name.
fn resolved(name: &str) -> String {
    /// The beginning of what a handle stands for.
    #[repr(C)]
    struct Library {
        address: usize,
        name: *const libc::c_char,
    }
    let name = CString::new(name).expect("a plain name");
    // SAFETY: a text that ends with a zero byte; the loader describes what it has loaded like this.
    let found = unsafe {
        let library = libc::dlopen(name.as_ptr(), libc::RTLD_NOW).cast::<Library>();
        assert!(!library.is_null(), "{name:?}");
        CStr::from_ptr((*library).name)
    };
    found.to_str().expect("a plain name").to_owned()
}

fn expected(directory: &str) -> Vec<Expected> {
    let library = format!("{directory}/library.so");
    let now = bits(libc::RTLD_NOW, &["RTLD_NOW"]);
    let loaded = |path: Value, resolved: Value| json!({ "path": path, "resolved": resolved, "flags": now });
    let used = |key: Value, number: i64, call: &str| json!({ "key": key, "call": one_of(number, call) });
    let cut = |length: usize| json!({ "text": "K".repeat(255), "length": length });
    let (one, two) = (|| json!("VIVARIUM_ONE"), || json!("VIVARIUM_TWO"));
    vec![
        seen(
            "load_libraries",
            "dlopen",
            [
                loaded(json!(library), json!(library)),
                loaded(json!("libc.so.6"), json!(resolved("libc.so.6"))),
                loaded(json!("no such library"), Value::Null),
                loaded(Value::Null, json!("")),
            ],
        ),
        seen(
            "use_the_environment",
            "env_access",
            [
                used(one(), 0, "getenv"),
                used(one(), 1, "secure_getenv"),
                used(one(), 2, "setenv"),
                used(two(), 4, "putenv"),
                used(two(), 4, "putenv"),
                used(one(), 3, "unsetenv"),
                used(json!("VIVARIUM_THREE"), 0, "getenv"),
            ],
        ),
        seen(
            "use_long_keys",
            "env_access",
            [
                used(json!("K".repeat(254)), 0, "getenv"),
                used(json!("K".repeat(255)), 0, "getenv"),
                used(cut(256), 0, "getenv"),
                used(cut(600), 0, "getenv"),
                used(Value::Null, 4, "putenv"),
            ],
        ),
        seen(
            "use_it_again_and_again",
            "env_access",
            [
                used(one(), 3, "unsetenv"),
                used(one(), 0, "getenv"),
                used(one(), 1, "secure_getenv"),
                used(one(), 0, "getenv"),
                used(one(), 0, "getenv"),
            ],
        ),
        seen("forget_the_environment", "env_access", [used(Value::Null, 5, "clearenv")]),
        seen(
            "write_secrets",
            "ssl_write",
            [
                json!({ "data": "GET /path HTTP/1.1", "length": 45 }),
                json!({ "data": "\0\0\u{6}\0\u{1}\0\0\0\u{1}", "length": 15 }),
            ],
        ),
    ]
}
