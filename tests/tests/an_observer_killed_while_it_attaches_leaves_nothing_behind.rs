//! Killed in the very moment in which the kernel attaches to all processes of a program, or detaches from them, `vivarium run`
//! leaves none of them in the belief that it is observed.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vivarium_tests::listing::Vivarium;
use vivarium_tests::observation::{Observation, may_observe, subject};

/// How many processes have the program mapped: the more, the longer it takes to attach to them.
const WITNESSES: usize = 40;
/// How often it is killed.
const ROUNDS: usize = 8;
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that only shows who is attached.
struct Witness {
    process: Child,
    memory: File,
    semaphore: u64,
}

impl Witness {
    fn start(opener: &str, semaphore: u64) -> Self {
        let mut command = Command::new(opener);
        command.args(["/dev/null", "0", "1"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the witness starts");
        std::io::Read::read_exact(process.stdout.as_mut().expect("its output"), &mut [0; 6]).expect("it is ready");
        let maps = fs::read_to_string(format!("/proc/{}/maps", process.id())).expect("its mappings");
        let first = maps.lines().find(|line| line.ends_with(opener)).expect("the program is mapped");
        let start = first.split('-').next().and_then(|start| u64::from_str_radix(start, 16).ok());
        let memory = File::open(format!("/proc/{}/mem", process.id())).expect("its memory");
        Self { process, memory, semaphore: start.expect("an address") + semaphore }
    }

    /// How many attached probes it counts.
    fn count(&self) -> u16 {
        let mut count = [0; 2];
        self.memory.read_exact_at(&mut count, self.semaphore).expect("its semaphore can be read");
        u16::from_ne_bytes(count)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Waits until what all witnesses count together is as wanted; whether it was before `vivarium` ended.
fn wait_for(vivarium: &mut Child, witnesses: &[Witness], wanted: impl Fn(u16) -> bool) -> bool {
    loop {
        if wanted(witnesses.iter().map(Witness::count).sum()) {
            return true;
        }
        if vivarium.try_wait().expect("our child").is_some() {
            return false;
        }
    }
}

#[test]
fn an_observer_killed_while_it_attaches_leaves_nothing_behind() {
    if !may_observe() {
        return;
    }
    let opener = subject("opener");
    let sites = Vivarium::build().expect("it builds").sites_of_file(opener.as_ref());
    let semaphore = sites.expect("a listing")[0].probes[0].semaphore;
    let witnesses: Vec<_> = (0..WITNESSES).map(|_| Witness::start(&opener, semaphore)).collect();
    let all_attached = u16::try_from(WITNESSES * 3).expect("a small number");

    let mut caught = 0;
    for round in 0..ROUNDS {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut command =
            Observation::command(&[], &directory.path().join("report"), &[&opener, "/dev/null", "0", "1"]);
        let mut vivarium = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("vivarium starts");
        let mut is_caught = wait_for(&mut vivarium, &witnesses, |count| count > 0);
        if round % 2 == 1 {
            is_caught = wait_for(&mut vivarium, &witnesses, |count| count == all_attached)
                && wait_for(&mut vivarium, &witnesses, |count| count < all_attached);
        }
        caught += usize::from(is_caught && vivarium.try_wait().expect("our child").is_none());
        vivarium.kill().expect("it can be killed");
        vivarium.wait().expect("it can be waited for");

        let deadline = Instant::now() + PATIENCE;
        while let Some(observed) = witnesses.iter().find(|witness| witness.count() > 0) {
            let process = observed.process.id();
            assert!(Instant::now() < deadline, "round {round}: process {process} still believes that it is observed");
            thread::yield_now();
        }
    }
    assert!(caught > 0, "in no round it was killed while it attached or detached");
}
