//! Every kind of event about users, groups and capabilities is seen, once for each time that it happens, with all of its
//! fields.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use vivarium_tests::kinds::{Expected, bits, check, counted, failed, one_of, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};
use vivarium_tests::tool;

/// `CAP_NET_RAW`.
const NET_RAW: u32 = 13;

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("others may look");
    let kinds = subject("kinds");
    for name in ["plain", "capable"] {
        tool::copy_program(&kinds, directory.join(name));
    }
    give_capability(&directory.join("capable"));
    let text = directory.to_str().expect("a plain name");
    let observation = Observation::of(&["-e", "@identity"], &[&kinds, "identity", text]);
    check(&observation, "identity", &expected(&observation, text));
}

/// Lets a program have a capability, in effect at once: version 2 of what the kernel reads, in little endian.
fn give_capability(file: &Path) {
    const VERSION_2_IN_EFFECT: u32 = 0x0200_0001;
    let words = [VERSION_2_IN_EFFECT, 1 << NET_RAW, 0, 0, 0];
    let value: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let file = std::ffi::CString::new(file.as_os_str().as_bytes()).expect("no zero byte");
    // SAFETY: texts that end with a zero byte, and a value as long as is said.
    let set = unsafe {
        libc::setxattr(file.as_ptr(), c"security.capability".as_ptr(), value.as_ptr().cast(), value.len(), 0)
    };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}

/// From root to these users: the real, the effective and the saved one, and that for files.
fn users([uid, euid, suid, fsuid]: [u32; 4]) -> Value {
    json!({
        "old_uid": 0, "old_euid": 0, "old_suid": 0, "old_fsuid": 0,
        "uid": uid, "euid": euid, "suid": suid, "fsuid": fsuid,
    })
}

/// The same of groups.
fn groups([gid, egid, sgid, fsgid]: [u32; 4]) -> Value {
    json!({
        "old_gid": 0, "old_egid": 0, "old_sgid": 0, "old_fsgid": 0,
        "gid": gid, "egid": egid, "sgid": sgid, "fsgid": fsgid,
    })
}

fn expected(observation: &Observation, directory: &str) -> Vec<Expected> {
    let became = |name: &str, gained: serde_json::Value, gains: bool| json!({ "path": format!("{directory}/{name}"), "uid": 65534, "gid": 65534, "gained": gained, "gains": gains });
    let namespace = json!({ "uid": 0, "flags": bits(libc::CLONE_NEWUSER, &["CLONE_NEWUSER"]) });
    let capability = |number: u32, name: &str| json!({ "capability": one_of(number, name) });
    let is_refused = observation.stdout.lines().find_map(|line| line.strip_prefix("userns "));
    vec![
        seen("change_users", "setid_change", [users([1, 2, 3, 2])]),
        seen("change_the_user_for_files", "setid_change", [users([0, 0, 0, 11])]),
        seen("change_groups", "setgid_change", [groups([4, 5, 6, 5])]),
        seen("change_the_group_for_files", "setgid_change", [groups([0, 0, 0, 12])]),
        seen("change_other_groups", "setgroups_change", [json!({ "groups": [7, 8, 9], "count": 3 })]),
        seen(
            "give_up_capabilities",
            "capset_change",
            [json!({
                "effective": bits(1 << 5, &["CAP_KILL"]), "permitted": bits(0x21, &["CAP_CHOWN", "CAP_KILL"]),
                "inheritable": bits(0, &[])
            })],
        ),
        counted(
            "use_capabilities",
            "capable_check",
            [(3, capability(22, "CAP_SYS_BOOT"), None), (1, capability(21, "CAP_SYS_ADMIN"), None)],
        ),
        counted(
            "lack_a_capability",
            "capable_check",
            [(1, capability(7, "CAP_SETUID"), None), (2, capability(22, "CAP_SYS_BOOT"), Some("EPERM"))],
        ),
        seen("execute_for_nothing", "bprm_creds", [became("plain", bits(0, &[]), false)]),
        seen("execute_for_a_capability", "bprm_creds", [became("capable", bits(1 << NET_RAW, &["CAP_NET_RAW"]), true)]),
        match is_refused {
            None => seen("make_a_namespace_of_users", "userns_create", [namespace]),
            Some(_) => failed("make_a_namespace_of_users", "userns_create", namespace, "EPERM"),
        },
    ]
}
