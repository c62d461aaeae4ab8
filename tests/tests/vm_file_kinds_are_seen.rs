//! Every kind of event about files is seen, once for each time that it happens, with all of its fields.

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::deeds::prepare_files;
use vivarium_tests::kinds::{Expected, backend, bits, check, failed, mode, one_of, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    prepare_files(&directory);
    let directory = directory.to_str().expect("a plain name");
    let observation = Observation::of(&["-e", "@file"], &[&subject("kinds"), "file", directory]);
    check(&observation, "file", &expected(directory));
}

fn expected(directory: &str) -> Vec<Expected> {
    [opened(directory), named(directory), attributed(directory)].concat()
}

/// What is opened, created and received.
fn opened(directory: &str) -> Vec<Expected> {
    let at = |name: &str| format!("{directory}/{name}");
    let read = || bits(0, &["O_RDONLY"]);
    let opened = |path: Value| json!({ "path": path, "flags": read(), "mode": null });
    let odd: Vec<u8> = [directory.as_bytes(), b"/no\xffutf8"].concat();
    let by_calls = backend() == Backend::Syscalls;
    let leaf = opened(json!(at("tree/leaf")));
    let tree = json!({ "path": at("tree"), "flags": bits(libc::O_PATH, &["O_RDONLY", "O_PATH"]), "mode": null });
    let beneath = "open_beneath_a_descriptor";
    let created = json!({ "path": at("created"), "mode": mode(0o640) });
    let write = bits(libc::O_WRONLY | libc::O_CREAT, &["O_WRONLY", "O_CREAT"]);
    let there = json!({ "path": at("file"), "flags": write, "mode": mode(if by_calls { 0o640 } else { 0o644 }) });
    let made = json!({ "path": at("created"), "flags": write, "mode": mode(0o640) });
    vec![
        seen("open_a_file", "path_open", [opened(json!(at("file")))]),
        failed(
            "open_nothing",
            "path_open",
            json!({ "path": at("nothing"), "flags": bits(2, &["O_RDWR"]), "mode": null }),
            "ENOENT",
        ),
        seen(
            "open_odd_names",
            "path_open",
            [json!(at("line\nbreak")), json!(at("\u{1b}[31mred")), json!(odd)].map(opened),
        ),
        match by_calls {
            true => seen(beneath, "path_open", [tree, leaf]),
            false => seen(beneath, "path_open", [leaf]),
        },
        seen("open_by_a_handle", "path_open", [opened(json!(at("tree"))), opened(json!(at("file")))]),
        seen("create_a_file", "file_create", [created]),
        seen("create_a_file", "path_open", [made]),
        seen("open_what_is_there", "file_create", []),
        seen("open_what_is_there", "path_open", [there]),
        seen("create_without_opening", "file_create", [json!({ "path": at("plain"), "mode": mode(0o640) })]),
        seen("create_without_opening", "file_mknod", []),
        seen("receive_files", "file_receive", [json!({ "path": at("file") }), json!({ "path": at("tree/leaf") })]),
    ]
}

/// What comes, changes its name and goes.
fn named(directory: &str) -> Vec<Expected> {
    let at = |name: &str| format!("{directory}/{name}");
    let path = |name: &str| json!({ "path": at(name) });
    let no_replace = bits(libc::RENAME_NOREPLACE, &["RENAME_NOREPLACE"]);
    let pipe = one_of(libc::S_IFIFO, "S_IFIFO");
    let device = one_of(libc::S_IFCHR, "S_IFCHR");
    vec![
        seen("unlink_a_file", "file_unlink", [path("victim")]),
        failed("unlink_nowhere", "file_unlink", json!({ "path": null }), "EFAULT"),
        failed("unlink_nothing", "file_unlink", path("nothing"), "ENOENT"),
        seen("rename_a_file", "file_rename", [json!({ "from": at("old"), "to": at("tree/new"), "flags": no_replace })]),
        seen("symlink_a_file", "file_symlink", [json!({ "path": at("symbolic"), "target": "../some where" })]),
        seen("hardlink_a_file", "file_hardlink", [json!({ "from": at("file"), "to": at("hard") })]),
        seen("make_a_directory", "file_mkdir", [json!({ "path": at("directory"), "mode": mode(0o750) })]),
        seen("remove_directories", "file_rmdir", [path("empty"), path("empty too")]),
        seen("remove_directories", "file_unlink", []),
        seen(
            "make_a_pipe_and_a_device",
            "file_mknod",
            [
                json!({ "path": at("pipe"), "type": pipe, "device": null, "mode": mode(0o620) }),
                json!({
                    "path": at("null"), "type": device, "device": { "major": 1, "minor": 3 }, "mode": mode(0o666)
                }),
            ],
        ),
    ]
}

/// What is asked of files, and changed without their contents.
fn attributed(directory: &str) -> Vec<Expected> {
    let at = |name: &str| format!("{directory}/{name}");
    let path = |name: &str| json!({ "path": at(name) });
    let changed = |path: Value, bits: u32| json!({ "path": path, "mode": mode(bits) });
    let owned = |name: &str, uid: i64, gid: i64| json!({ "path": at(name), "uid": uid, "gid": gid });
    let cut = |length: u64| json!({ "path": at("file"), "length": length });
    let set = |file: &str, name: &str, size: u64, flags: Value| json!({ "path": at(file), "name": name, "size": size, "flags": flags });
    let removed = |file: &str, name: &str| json!({ "path": at(file), "name": name });
    let far = format!("{directory}{}", format!("/{}", "d".repeat(250)).repeat(40));
    let far = json!({ "text": far[..8192], "length": far.len() });
    vec![
        seen(
            "change_permissions",
            "file_chmod",
            [changed(json!(at("file")), 0o4711), changed(json!(at("gone (deleted)")), 0o600)],
        ),
        seen("change_permissions_far_down", "file_chmod", [changed(far, 0o711)]),
        seen(
            "change_owners",
            "file_chown",
            [owned("file", 1, 2), owned("link", -1, 3), owned("file", 4, -1), owned("file", 5, 6)],
        ),
        seen("cut_files", "file_truncate", [cut(4096), cut(17)]),
        seen(
            "set_attributes",
            "file_setxattr",
            [
                set("file", "trusted.one", 5, bits(libc::XATTR_CREATE, &["XATTR_CREATE"])),
                set("link", "trusted.two", 4, bits(0, &[])),
                set("file", "trusted.three", 3, bits(0, &[])),
            ],
        ),
        seen(
            "remove_attributes",
            "file_removexattr",
            [removed("file", "trusted.one"), removed("link", "trusted.two"), removed("file", "trusted.three")],
        ),
        seen("read_a_directory", "file_getdents", [json!({ "path": at("tree"), "count": 1000 })]),
        seen("look_at_files", "file_stat", [path("link"), path("tree"), path("file")]),
    ]
}
