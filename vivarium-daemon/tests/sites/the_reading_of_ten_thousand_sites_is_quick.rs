use std::time::Duration;

use super::elf_file::{ElfFile, SiteSpec, read_file};

/// The time that this thread has spent on a processor: what else the machine is doing doesn't count.
fn spent() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value that lives as long as the call.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
fn in_less_time_than_anyone_notices() {
    let sites: Vec<_> = (0..10_000).map(|line| SiteSpec::new("a_function_with_a_name", line)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = ElfFile::with_sites(&sites).write(folder.path());
    let times = (0..5).map(|_| {
        let start = spent();
        let catalog = read_file(std::fs::File::open(&path).unwrap()).unwrap();
        let time = spent() - start;
        assert_eq!(catalog.sites.len(), 10_000);
        assert!(catalog.sites.iter().all(|site| site.attachable().is_ok()));
        time
    });
    let best = times.min().unwrap();
    // Without optimisation the same takes many times as long.
    let bar = Duration::from_millis(if cfg!(debug_assertions) { 2000 } else { 100 });
    println!("10,000 sites in {best:?}");
    assert!(best < bar, "it took {best:?}");
}
