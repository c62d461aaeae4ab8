//! How much memory an observer has, in its process and in the kernel.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::process::Child;
use std::thread;
use std::time::Duration;

use crate::bench::keyed::number;

/// How often one looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What an observer has at one moment, in KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// Its process, without what belongs to BPF maps.
    process: u64,
    /// The BPF maps and programs that it holds in the kernel.
    kernel: u64,
}

impl Memory {
    pub(super) fn total(self) -> u64 {
        self.process + self.kernel
    }

    /// Looks at a process, whose output is short, until it ends; gives the most that it had at any moment.
    pub(super) fn watch(child: &mut Child) -> io::Result<Self> {
        let mut most = Self::default();
        while child.try_wait()?.is_none() {
            // A process that ends meanwhile has nothing to tell.
            let now = Self::of(child.id()).unwrap_or_default();
            most = [most, now].into_iter().max_by_key(|memory| memory.total()).unwrap_or_default();
            thread::sleep(PAUSE);
        }
        Ok(most)
    }

    fn of(pid: u32) -> io::Result<Self> {
        let resident = number(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmRSS:");
        let mapped = mapped_maps(&fs::read_to_string(format!("/proc/{pid}/smaps"))?);
        // By what tells them apart: several descriptors may be of one.
        let mut bytes = BTreeMap::new();
        for entry in fs::read_dir(format!("/proc/{pid}/fdinfo"))? {
            let info = fs::read_to_string(entry?.path()).unwrap_or_default();
            // Only what belongs to BPF has such a line.
            let of_bpf = ["map_id:", "prog_id:"].map(|key| (key, number(&info, key)));
            if let Some(which) = of_bpf.into_iter().find(|(_, id)| *id != 0) {
                bytes.insert(which, number(&info, "memlock:"));
            }
        }
        Ok(Self { process: resident.saturating_sub(mapped), kernel: bytes.values().sum::<u64>() / 1024 })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |kib| kib as f64 / 1024.0;
        write!(f, "{:.1} MiB: process {:.1}, BPF {:.1}", mib(self.total()), mib(self.process), mib(self.kernel))
    }
}

/// How much of BPF maps is mapped: a ring is there twice, one copy after the other.
fn mapped_maps(smaps: &str) -> u64 {
    let mut of_map = false;
    let mut sum = 0;
    for line in smaps.lines() {
        // `7f..-7f.. rw-s ... anon_inode:bpf-map`; all other lines begin with a word and a colon.
        if line.split(' ').next().is_some_and(|word| word.contains('-')) {
            of_map = line.ends_with("bpf-map");
        } else if of_map && line.starts_with("Rss:") {
            sum += number(line, "Rss:");
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mappings_of_maps_count() {
        let smaps = "00400000-00401000 r-xp 00000000 08:01 1 /bin/x\nSize: 4 kB\nRss:  4 kB\n\
                     7f00-7f01 rw-s 00001000 00:0f 9 anon_inode:bpf-map\nSize: 8 kB\nRss:                   8 kB\n\
                     7f02-7f03 r--s 00002000 00:0f 9 anon_inode:bpf-map\nRss:  16 kB\n";
        assert_eq!(mapped_maps(smaps), 24);
    }
}
