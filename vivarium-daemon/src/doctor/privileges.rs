//! What this process may do.

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::unistd::Uid;

use super::Finding;

/// The capabilities that observing needs, and the number of each in a set.
const NEEDED: [(&str, u32); 2] = [("perfmon", 38), ("bpf", 39)];
/// The number of the capability that includes them.
const SYS_ADMIN: u32 = 21;

/// What the kernel numbers the namespace of users that it begins with.
const INITIAL_USERS: u64 = 0xEFFF_FFFD;

/// What is lost where this process may not observe.
pub(super) const WITHOUT: &str = "nothing can be observed, but through vivariumd";

/// Whether this process may observe.
pub(super) fn find() -> Finding {
    if fs::metadata("/proc/self/ns/user").is_ok_and(|users| users.ino() != INITIAL_USERS) {
        return Finding::Lacking {
            why: "this process is in a namespace of users, where not even root may observe".to_owned(),
            remedy: Some("run it outside, or let vivariumd observe, which runs there".to_owned()),
            without: WITHOUT.to_owned(),
        };
    }
    let effective = effective().unwrap_or_default();
    let has = |bit: u32| effective & (1 << bit) != 0;
    let lacking = NEEDED.iter().filter(|(_, bit)| !has(*bit) && !has(SYS_ADMIN));
    let lacking: Vec<_> = lacking.map(|(name, _)| *name).collect();
    match (lacking.as_slice(), Uid::effective().is_root()) {
        ([], true) => Finding::Fine { how: "root".to_owned() },
        ([], false) => Finding::Fine { how: "the capabilities bpf and perfmon".to_owned() },
        (lacking, is_root) => Finding::Lacking {
            why: format!("this process does not have the capabilities {}", lacking.join(" and ")),
            remedy: Some(
                match is_root {
                    true => "give them to the container that it runs in, or let vivariumd observe",
                    false => "run it with sudo, or let vivariumd observe, for which it needs none",
                }
                .to_owned(),
            ),
            without: WITHOUT.to_owned(),
        },
    }
}

/// The capabilities of this process, a bit each.
fn effective() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let set = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(set.trim(), 16).ok()
}
