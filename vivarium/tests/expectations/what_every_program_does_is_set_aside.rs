use vivarium::fixture::{self, Matcher, executes};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::{opens, seen, told};

/// Runs a program, which its loader prepares, and reads how many processors there are.
fn runs_true(kernel: &mut Kernel) {
    const CHILD: u32 = 5000;
    kernel.spawns(ROOT, 4999);
    opens(kernel, "/sys/fs/cgroup/user.slice/cpu.max", libc::O_RDONLY);
    opens(kernel, "/proc/self/cgroup", libc::O_RDONLY);
    kernel.forks(ROOT, CHILD);
    kernel.executes(CHILD, "/bin/true", &["true"]);
    kernel.opens(CHILD, "/etc/ld.so.cache");
    kernel.opens(CHILD, "/lib/x86_64-linux-gnu/libc.so.6");
    kernel.exits(CHILD, 0);
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
fn what_a_loader_reads_may_not_be_written() {
    let seen = seen(|kernel| opens(kernel, "/etc/ld.so.cache", libc::O_WRONLY));
    told(|| seen.expect().only::<Matcher>([]));
}
