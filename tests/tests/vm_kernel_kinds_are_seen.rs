//! Every kind of event about the system as a whole is seen, once for each time that it happens, with all of its fields.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::{Expected, backend, bits, check, failed, one_of, refused, seen, whatever_comes_of_it};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    for name in ["mount", "root"] {
        fs::create_dir(directory.join(name)).expect("a directory");
    }
    fs::write(directory.join("module"), [0; 4096]).expect("a file");
    let directory = directory.to_str().expect("a plain name");
    let observation = Observation::of(&[], &[&subject("kinds"), "kernel", directory]);
    check(&observation, "kernel", &expected(directory));
}

fn expected(directory: &str) -> Vec<Expected> {
    let mut expected = [mounts(directory), loaded(directory), asked()].concat();
    if !has_modules() {
        expected.retain(|expected| expected.kind() != "module_request");
        expected.push(seen("ask_for_what_a_module_has", "module_request", []));
    }
    expected
}

/// Whether this kernel can load modules.
fn has_modules() -> bool {
    Path::new("/proc/sys/kernel/modprobe").exists()
}

fn by_calls() -> bool {
    backend() == Backend::Syscalls
}

fn mounts(directory: &str) -> Vec<Expected> {
    let at = |name: &str| format!("{directory}/{name}");
    let mounted = |device: &str, path: String, kind: Value, flags: Value| json!({ "device": device, "path": path, "type": kind, "flags": flags });
    let private = bits((libc::MS_REC | libc::MS_PRIVATE) as i64, &["MS_REC", "MS_PRIVATE"]);
    let safe = bits((libc::MS_NOSUID | libc::MS_NODEV) as i64, &["MS_NOSUID", "MS_NODEV"]);
    // A mount that was nowhere is nowhere in particular.
    let (from, flags) = match by_calls() {
        true => (Value::Null, bits(4, &["MOVE_MOUNT_F_EMPTY_PATH"])),
        false => (json!("(unreachable)"), Value::Null),
    };
    let old = at("root/old");
    vec![
        seen(
            "mount_memory",
            "sb_mount",
            [
                mounted("none", "/".to_owned(), Value::Null, private),
                mounted("memory", at("mount"), json!("tmpfs"), safe),
            ],
        ),
        seen(
            "remount_memory",
            "sb_mount",
            [json!({ "device": null, "path": null, "type": "tmpfs", "flags": bits(33, &["MS_RDONLY", "MS_REMOUNT"]) })],
        ),
        seen("unmount_memory", "sb_umount", [json!({ "path": at("mount"), "flags": bits(2, &["MNT_DETACH"]) })]),
        seen("move_a_mount", "move_mount", [json!({ "from": from, "to": at("mount"), "flags": flags })]),
        seen("pivot_the_root", "pivot_root", [json!({ "path": at("root"), "old": old })]),
        seen("change_the_root", "chroot", [json!({ "path": at("root") })]),
    ]
}

fn loaded(directory: &str) -> Vec<Expected> {
    // What is no module is refused; where there are none, all of them are, before the hooks are asked.
    let refused = |deed, kind, fields: Value| match has_modules() {
        true => refused(deed, kind, fields, "ENOEXEC"),
        false => failed(deed, kind, fields, "ENOSYS"),
    };
    let module = || one_of(2, "kernel-module");
    let path = format!("{directory}/module");
    let asked = |command: Value, kind: Value, name: &str| json!({ "command": command, "type": kind, "name": name });
    vec![
        refused("load_a_module", "kernel_read_file", json!({ "purpose": module(), "path": path })),
        refused("load_a_module_from_memory", "kernel_load_data", json!({ "purpose": module() })),
        seen("ask_for_what_a_module_has", "module_request", [json!({ "name": "net-pf-6" })]),
        seen(
            "load_a_program",
            "bpf_prog",
            [asked(one_of(5, "BPF_PROG_LOAD"), one_of(1, "BPF_PROG_TYPE_SOCKET_FILTER"), "kinds_program")],
        ),
        seen(
            "make_a_map",
            "bpf_map",
            [asked(one_of(0, "BPF_MAP_CREATE"), one_of(2, "BPF_MAP_TYPE_ARRAY"), "kinds_map")],
        ),
    ]
}

fn asked() -> Vec<Expected> {
    let software = json!({ "type": one_of(1, "PERF_TYPE_SOFTWARE"), "config": 1, "target": 0 });
    let ring = json!({ "entries": 8, "flags": bits(16, &["IORING_SETUP_CLAMP"]) });
    let unread = json!({ "entries": 8, "flags": null });
    // To a record, -1 is a number that isn't known.
    let clocks = [json!(4711), json!(-2), Value::Null]
        .map(|seconds| json!({ "clock": one_of(1, "CLOCK_MONOTONIC"), "seconds": seconds }));
    let asked = |number: i32, name: &str, key: Value| json!({ "command": one_of(number, name), "key": key, "type": null, "description": null });
    let keys = [
        json!({ "command": null, "key": null, "type": "no such type", "description": "a key" }),
        asked(0, "KEYCTL_GET_KEYRING_ID", json!(-2)),
        json!({ "command": one_of(10, "KEYCTL_SEARCH"), "key": -2, "type": "user", "description": "another key" }),
        asked(31, "KEYCTL_CAPABILITIES", Value::Null),
        asked(22, "KEYCTL_GET_PERSISTENT", Value::Null),
    ];
    vec![
        seen("open_a_performance_event", "perf_event_open", [software]),
        whatever_comes_of_it("make_a_ring", "io_uring_setup", [ring, unread]),
        whatever_comes_of_it("set_clocks", "settime", clocks),
        seen("ask_for_the_log", "syslog", [json!({ "action": one_of(10, "SYSLOG_ACTION_SIZE_BUFFER") })]),
        whatever_comes_of_it("look_for_keys", "key_access", keys),
    ]
}
