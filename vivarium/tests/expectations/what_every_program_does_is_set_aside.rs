use vivarium::fixture::{self, Matcher, executes};
use vivarium_sys::event::EventKind;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::{opens, seen, told};

const LIBC: &str = "/lib/x86_64-linux-gnu/libc.so.6";

/// Runs a program, which its loader prepares, and reads how many processors there are.
fn runs_true(kernel: &mut Kernel) {
    const CHILD: u32 = 5000;
    kernel.spawns(ROOT, 4999);
    opens(kernel, "/sys/fs/cgroup/user.slice/cpu.max", libc::O_RDONLY);
    opens(kernel, "/proc/self/cgroup", libc::O_RDONLY);
    kernel.forks(ROOT, CHILD);
    kernel.executes(CHILD, "/bin/true", &["true"]);
    kernel.opens(CHILD, "/etc/ld.so.cache");
    kernel.opens(CHILD, LIBC);
    maps(kernel, CHILD, LIBC, libc::PROT_READ | libc::PROT_EXEC);
    kernel.exits(CHILD, 0);
}

/// Maps a file so that it can be executed.
fn maps(kernel: &mut Kernel, tid: u32, path: &str, protection: i32) {
    let numbers = [protection, libc::MAP_PRIVATE].map(|bits| u64::from(bits.cast_unsigned()));
    kernel.event(tid, EventKind::MMAP_EXEC, &numbers, &[path.as_bytes()]);
}

#[test]
fn loaders_threads_and_processes_need_not_be_listed() {
    seen(runs_true).expect().only([executes("/bin/true")]);
}

#[test]
fn they_count_where_it_is_said() {
    let seen = seen(runs_true);
    let told = told(|| seen.expect().strictly_only([executes("/bin/true")]));
    assert!(told.contains("/etc/ld.so.cache") && told.contains("proc_fork"), "{told}");
    seen.expect().at_least(1, fixture::opens("/etc/ld.so.cache")).at_least(2, "proc_fork");
}

#[test]
fn what_no_loader_maps_counts() {
    let code = libc::PROT_READ | libc::PROT_EXEC;
    for (path, protection) in [(LIBC, code | libc::PROT_WRITE), ("/home/someone/libevil.so", code), ("", code)] {
        let seen = seen(|kernel| maps(kernel, ROOT, path, protection));
        let told = told(|| seen.expect().only::<Matcher>([]));
        assert!(told.contains("mmap_exec"), "{told}");
    }
}

#[test]
fn where_this_system_has_its_libraries_is_not_suggested() {
    let seen = seen(runs_true);
    let told = told(|| seen.expect().strictly_only([executes("/bin/true")]));
    let (_, accepting) = told.split_once("To accept it").expect("what would accept it");
    assert!(accepting.contains(r#"event("mmap_exec").on("**/libc.so.6")"#), "{accepting}");
    assert!(accepting.contains(r#"opens("**/libc.so.6").read_only()"#), "{accepting}");
    assert!(!accepting.contains("x86_64-linux-gnu"), "{accepting}");
}

#[test]
fn what_a_loader_reads_may_not_be_written() {
    let seen = seen(|kernel| opens(kernel, "/etc/ld.so.cache", libc::O_WRONLY));
    told(|| seen.expect().only::<Matcher>([]));
}
