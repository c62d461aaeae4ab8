//! Killed at any moment, `vivarium run` leaves the observed program running to its end, and nothing of its own: no process,
//! and no semaphore that still counts it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use vivarium_tests::observation::{Observation, may_observe, program, subject};

/// How often it is killed.
const ROUNDS: u32 = 20;
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until the answer is yes.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "after {PATIENCE:?} it doesn't hold that {what}");
        std::thread::yield_now();
    }
}

/// The counts of the semaphores of a process.
fn semaphores(pid: u32) -> Vec<u64> {
    let output = Command::new(program("vivarium-daemon", "vivarium"))
        .args(["sites", "--json", "--pid", &pid.to_string()])
        .output()
        .expect("vivarium lists sites");
    let listing: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let files = listing["files"].as_array().expect("files");
    let sites = files.iter().flat_map(|file| file["sites"].as_array().expect("sites"));
    sites.filter_map(|site| site["semaphore_value"].as_u64()).collect()
}

/// Whether any process runs `program` with `argument` in its command line.
fn runs(program: &Path, argument: &str) -> bool {
    let program = program.to_str().expect("a plain name");
    let processes = std::fs::read_dir("/proc").expect("/proc is mounted");
    processes.filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok()).any(|line| {
        let mut words = line.split(|byte| *byte == 0);
        words.next() == Some(program.as_bytes()) && words.any(|word| word == argument.as_bytes())
    })
}

/// A process of the same file that nobody observes on purpose, whose semaphores show who is attached.
struct Witness(Child);

impl Witness {
    fn start(opener: &str) -> Self {
        let child = Command::new(opener)
            .args(["/dev/null", "0", "1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the witness starts");
        Self(child)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn a_killed_observer_leaves_nothing_behind() {
    if !may_observe() {
        return;
    }
    let opener = subject("opener");
    let witness = Witness::start(&opener);
    wait_until("the witness is loaded", || !semaphores(witness.0.id()).is_empty());
    assert!(semaphores(witness.0.id()).iter().all(|count| *count == 0), "someone else is attached");

    // Undisturbed first, to know how long there is something to disturb; the moments of the kills are spread over it.
    let begun = Instant::now();
    let (_, status) = observe(&opener, "undisturbed", || false);
    let whole = begun.elapsed();
    assert_eq!(status.as_deref(), Some("0"), "the program goes well when nobody is killed");

    let mut survived = 0;
    for round in 0..ROUNDS {
        let moment = Instant::now() + whole * round / ROUNDS;
        let mark = format!("round {round}");
        let (killed, status) = observe(&opener, &mark, || Instant::now() >= moment);
        match status.as_deref() {
            Some("0") => survived += u32::from(killed),
            Some(other) => panic!("the program was disturbed in {mark}: it ended with {other}"),
            None => assert!(killed, "in {mark} the command never began, and nobody was killed"),
        }
        wait_until("nobody is attached", || semaphores(witness.0.id()).iter().all(|count| *count == 0));
    }
    assert!(survived > 0, "in no round the command had begun when its observer was killed");
}

/// Observes a program until it ends or `kill` says so; whether it was killed, and how the program ended if it began.
fn observe(opener: &str, mark: &str, kill: impl Fn() -> bool) -> (bool, Option<String>) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (report, file) = (directory.path().join("report"), directory.path().join("file"));
    let status = directory.path().join("status");
    std::fs::write(&file, "").expect("a file");
    // The shell outlives its observer and says how the program ended. The mark finds it.
    let (file, written) = (file.display(), status.display());
    let script =
        format!("{opener} {file} 2000 2 >/dev/null </dev/null; echo $? >{written}.new; mv {written}.new {written}");
    let mut vivarium = Observation::command(&[], &report, &["/bin/sh", "-c", &script, mark])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("vivarium starts");
    let mut killed = false;
    while vivarium.try_wait().expect("our child").is_none() {
        if !killed && kill() {
            vivarium.kill().expect("it can be killed");
            killed = true;
        }
        std::thread::yield_now();
    }
    wait_until("the shell has ended", || !runs(Path::new("/bin/sh"), mark));
    (killed, std::fs::read_to_string(&status).ok().map(|text| text.trim().to_owned()))
}
