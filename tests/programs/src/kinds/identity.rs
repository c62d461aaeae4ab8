//! Users, groups, capabilities.

use std::io;
use std::path::Path;

use crate::child::in_child;
use crate::deed::{Deed, c_string, deeds, done, fails, path};
use crate::process::execute;

pub(crate) const DEEDS: &[Deed] = deeds! {
    "setid_change": change_users, change_the_user_for_files;
    "setgid_change": change_groups, change_the_group_for_files;
    "setgroups_change": change_other_groups;
    "capset_change": give_up_capabilities;
    "capable_check": use_capabilities, lack_a_capability;
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
fn change_the_user_for_files(_: &Path) {
    in_child(|| {
        // SAFETY: it takes a number.
        assert_eq!(unsafe { libc::setfsuid(11) }, 0);
    });
}

#[vivarium::observe]
fn change_the_group_for_files(_: &Path) {
    in_child(|| {
        // SAFETY: it takes a number.
        assert_eq!(unsafe { libc::setfsgid(12) }, 0);
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

/// Asks for what makes no sense, so that nothing happens but that the kernel asks for `CAP_SYS_BOOT`.
fn reboot_in_no_way() {
    // SAFETY: it takes numbers, and these mean nothing.
    let answer = unsafe { libc::syscall(libc::SYS_reboot, 0, 0, 0, 0) };
    assert_eq!(answer, -1, "zeros are no magic");
}

#[vivarium::observe]
fn use_capabilities(directory: &Path) {
    for _ in 0..3 {
        reboot_in_no_way();
    }
    // SAFETY: a path that ends with a zero byte.
    fails(unsafe { libc::syscall(libc::SYS_swapoff, path(directory, "nothing").as_ptr()) }, libc::ENOENT);
}

#[vivarium::observe]
fn lack_a_capability(_: &Path) {
    in_child(|| {
        // SAFETY: it takes numbers.
        done(unsafe { libc::setresuid(65534, 65534, 65534) });
        for _ in 0..2 {
            reboot_in_no_way();
        }
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
