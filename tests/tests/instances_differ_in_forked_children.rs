//! No two activations in a process and its children have the same id, however the children came to be.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::collections::HashSet;

use vivarium_tests::observer::observe;

#[vivarium::observe]
fn marked() {}

/// Runs `child` in a forked process, made by `fork`, and waits for it.
fn in_child(fork: impl FnOnce() -> libc::pid_t, child: impl FnOnce()) {
    match fork() {
        0 => {
            child();
            // SAFETY: it has no preconditions; nothing of the test may run on in the child.
            unsafe { libc::_exit(0) }
        }
        pid => {
            let mut status = 0;
            // SAFETY: the pointer is to an int.
            assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
            assert_eq!(status, 0, "the child ended well");
        }
    }
}

fn fork() -> libc::pid_t {
    // SAFETY: the child calls nothing that another thread could have locked.
    unsafe { libc::fork() }
}

/// A fork of which the C library does not hear.
fn bare_clone() -> libc::pid_t {
    // SAFETY: as above; with these arguments it is a fork.
    unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) as libc::pid_t }
}

#[test]
fn no_instance_is_seen_twice() {
    let trace = observe(|| {
        marked();
        for _ in 0..8 {
            in_child(fork, || {
                marked();
                in_child(bare_clone, || (0..5).for_each(|_| marked()));
                marked();
            });
            marked();
            in_child(bare_clone, || (0..5).for_each(|_| marked()));
        }
    });
    let starts = 1 + 8 * (2 + 5 + 1 + 5);
    assert_eq!(trace.events.len(), 2 * starts);
    assert_eq!(trace.instances().len(), starts);
    let processes: HashSet<i32> = trace.events.iter().map(|event| event.process).collect();
    assert_eq!(processes.len(), 1 + 8 * 3);
}

#[test]
fn threads_do_not_share_instances() {
    let trace = observe(|| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..200).for_each(|_| marked()));
            }
        });
    });
    assert_eq!(trace.instances().len(), 8 * 200);
}
