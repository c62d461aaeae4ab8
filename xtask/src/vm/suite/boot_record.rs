//! The record of one boot: which test runs, what it wrote, what came of each.

use std::io;
use std::time::{Duration, Instant};

use super::boot_log::BootLog;
use super::programs::Measured;
use super::report::Outcome;
use crate::vm::qemu::{BootError, Channel, GuestEvent};

/// What came of the tests in a guest, or in several.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// In the order of the tests.
    pub(super) outcomes: Vec<Outcome>,
    /// The BPF programs that they told of.
    pub(super) programs: Vec<Measured>,
}

impl Ran {
    /// With what came of other tests in another guest.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.outcomes.extend(other.outcomes);
        self.programs.extend(other.programs);
        self
    }
}

/// What happened to the tests in a guest so far.
pub(super) struct BootRecord<'t> {
    tests: &'t [String],
    limit: Duration,
    log: BootLog,
    outcomes: Vec<Outcome>,
    programs: Vec<Measured>,
    booted: Instant,
    running: Option<RunningTest>,
}

/// The test that runs at the moment.
struct RunningTest {
    started: Instant,
    /// What it wrote so far, shown when it fails.
    output: Vec<u8>,
}

impl<'t> BootRecord<'t> {
    /// A record of a guest that boots now.
    pub(super) fn new(tests: &'t [String], limit: Duration, log: BootLog) -> Self {
        Self { tests, limit, log, outcomes: Vec::new(), programs: Vec::new(), booted: Instant::now(), running: None }
    }

    pub(super) fn happened(&mut self, event: GuestEvent) {
        match event {
            GuestEvent::Ready => println!("  booted in {}", seconds(self.booted.elapsed())),
            GuestEvent::Started => {
                // Whose end went unheard, nothing is known of.
                self.ended(|_, _| Outcome::GuestFailed);
                self.log.heading(self.test());
                self.running = Some(RunningTest { started: Instant::now(), output: Vec::new() });
            }
            GuestEvent::Wrote(channel, bytes) => {
                self.log.write(channel, &bytes);
                if let (Channel::Output, Some(running)) = (channel, &mut self.running) {
                    running.output.extend(bytes);
                }
            }
            GuestEvent::Ended { status } => self.ended(|time, limit| Outcome::of(status, time, limit)),
        }
    }

    /// What came of all tests, once the guest has ended in this way.
    pub(super) fn finish(mut self, end: Result<(), BootError>) -> io::Result<Ran> {
        if let Err(error) = end {
            if self.running.is_some() {
                self.ended(|_, _| Outcome::GuestFailed);
            }
            let error = format!("{:#}", anyhow::Error::from(error));
            self.log.heading(&error);
            println!("  {error}");
        }
        self.outcomes.resize(self.tests.len(), Outcome::NotRun);
        self.log.finish()?;
        Ok(Ran { outcomes: self.outcomes, programs: self.programs })
    }

    fn ended(&mut self, outcome: impl FnOnce(Duration, Duration) -> Outcome) {
        let Some(RunningTest { started, output }) = self.running.take() else {
            return;
        };
        let time = started.elapsed();
        let outcome = outcome(time, self.limit);
        let line = format!("{} {outcome} after {}", self.test(), seconds(time));
        self.log.heading(&line);
        println!("  {line}");
        self.programs.extend(Measured::all_in(&String::from_utf8_lossy(&output)));
        if outcome != Outcome::Passed {
            for line in String::from_utf8_lossy(&output).lines() {
                println!("    {line}");
            }
            println!("    (all of it is in {})", self.log.path().display());
        }
        self.outcomes.push(outcome);
    }

    /// The name of the test that runs, or the next one.
    fn test(&self) -> &'t str {
        self.tests.get(self.outcomes.len()).map_or("no test", String::as_str)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    fn died() -> BootError {
        BootError::NotStarted(io::Error::other("as good as a kernel panic"))
    }

    fn wrote(text: &str) -> GuestEvent {
        GuestEvent::Wrote(Channel::Output, text.as_bytes().to_vec())
    }

    #[test]
    fn a_guest_that_dies_fails_the_test_that_ran_and_those_after_it() {
        let directory = tempfile::tempdir().unwrap();
        let tests = ["vm_one", "vm_two", "vm_three"].map(str::to_owned);
        let log = BootLog::create(directory.path(), "6.1-lsm").unwrap();
        let mut record = BootRecord::new(&tests, LIMIT, log);
        for event in [
            GuestEvent::Ready,
            GuestEvent::Started,
            wrote("one is well\n"),
            GuestEvent::Ended { status: 0 },
            GuestEvent::Started,
            wrote("two was here"),
        ] {
            record.happened(event);
        }
        let ran = record.finish(Err(died())).unwrap();
        assert_eq!(ran.outcomes, [Outcome::Passed, Outcome::GuestFailed, Outcome::NotRun]);

        let log = fs::read_to_string(directory.path().join("6.1-lsm.log")).unwrap();
        for text in ["one is well", "two was here", "vm_two GUEST FAILED", "kernel panic"] {
            assert!(log.contains(text), "no {text:?} in {log}");
        }
    }

    #[test]
    fn a_guest_that_ends_early_without_a_word_leaves_tests_not_run() {
        let directory = tempfile::tempdir().unwrap();
        let tests = ["vm_one".to_owned()];
        let record = BootRecord::new(&tests, LIMIT, BootLog::create(directory.path(), "6.1-lsm").unwrap());
        assert_eq!(record.finish(Ok(())).unwrap().outcomes, [Outcome::NotRun]);
    }
}
