//! Users, groups, capabilities.

use std::io;
use std::path::Path;

use crate::child::in_child;
use crate::deed::{Deed, c_string, deeds, done, path};
use crate::process::execute;

pub(crate) const DEEDS: &[Deed] = deeds! {
    "setid_change": change_users;
    "setgid_change": change_groups;
    "setgroups_change": change_other_groups;
    "capset_change": give_up_capabilities;
    "bprm_creds": execute_for_nothing, execute_for_a_capability;
    "userns_create": make_a_namespace_of_users;
};

#[vivarium::observe]
fn change_users(_: &Path) {
    in_child(|| {
        // SAFETY: it takes numbers.
        done(unsafe { libc::setresuid(1, 2, 3) });
    });
}

#[vivarium::observe]
fn change_groups(_: &Path) {
    in_child(|| {
        // SAFETY: it takes numbers.
        done(unsafe { libc::setresgid(4, 5, 6) });
    });
}

#[vivarium::observe]
fn change_other_groups(_: &Path) {
    in_child(|| {
        let groups = [7, 8, 9];
        // SAFETY: a list as long as is said.
        done(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) });
    });
}

#[vivarium::observe]
fn give_up_capabilities(_: &Path) {
    const VERSION_3: u32 = 0x2008_0522;
    const CHOWN: u32 = 1 << 0;
    const KILL: u32 = 1 << 5;
    // Effective, permitted and inheritable: the lower halves, then the upper ones.
    let sets = [KILL, CHOWN | KILL, 0, 0, 0, 0];
    in_child(|| {
        let header = [VERSION_3, 0];
        // SAFETY: a header and sets as this version has them.
        done(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), sets.as_ptr()) });
    });
}

/// Executes a copy of this program as a user without privileges.
fn execute_as_nobody(directory: &Path, name: &str) {
    in_child(|| {
        // SAFETY: it takes numbers.
        unsafe {
            done(libc::setresgid(65534, 65534, 65534));
            done(libc::setresuid(65534, 65534, 65534));
        }
        done(execute(directory, &path(directory, name), &[&c_string(b"rest")]));
    });
}

#[vivarium::observe]
fn execute_for_nothing(directory: &Path) {
    execute_as_nobody(directory, "plain");
}

#[vivarium::observe]
fn execute_for_a_capability(directory: &Path) {
    execute_as_nobody(directory, "capable");
}

#[vivarium::observe]
fn make_a_namespace_of_users(_: &Path) {
    in_child(|| {
        // SAFETY: it takes a number.
        if unsafe { libc::unshare(libc::CLONE_NEWUSER) } != 0 {
            println!("userns {}", io::Error::last_os_error());
        }
    });
}
