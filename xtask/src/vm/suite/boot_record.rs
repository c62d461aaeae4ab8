//! The record of one boot: which test runs, what it wrote, what came of each.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::boot_log::BootLog;
use super::programs::Measured;
use super::report::Outcome;
use crate::vm::qemu::{BootError, Channel, GuestEvent};

/// What came of the tests in a guest.
#[derive(Debug)]
pub(crate) struct Ran {
    /// In the order of the tests.
    pub(super) outcomes: Vec<Outcome>,
    /// The BPF programs that they told of.
    pub(super) programs: Vec<Measured>,
}

/// What happened to the tests in a guest so far.
pub(super) struct BootRecord<'t> {
    tests: &'t [String],
    limit: Duration,
    log: BootLog,
    /// Where it is told to who runs the tests.
    lines: &'t mut dyn Write,
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
    pub(super) fn new(tests: &'t [String], limit: Duration, log: BootLog, lines: &'t mut dyn Write) -> Self {
        let (outcomes, programs) = (Vec::new(), Vec::new());
        Self { tests, limit, log, lines, outcomes, programs, booted: Instant::now(), running: None }
    }

    pub(super) fn happened(&mut self, event: GuestEvent) {
        match event {
            GuestEvent::Ready => self.say(&format!("  booted in {}", seconds(self.booted.elapsed()))),
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
            self.say(&format!("  {error}"));
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
        self.say(&format!("  {line}"));
        self.programs.extend(Measured::all_in(&String::from_utf8_lossy(&output)));
        if outcome != Outcome::Passed {
            for line in String::from_utf8_lossy(&output).lines() {
                self.say(&format!("    {line}"));
            }
            self.say(&format!("    (all of it is in {})", self.log.path().display()));
        }
        self.outcomes.push(outcome);
    }

    fn say(&mut self, line: &str) {
        // Where nobody listens, nobody misses it.
        let _ = writeln!(self.lines, "{line}");
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
        let mut lines = Vec::new();
        let mut record = BootRecord::new(&tests, LIMIT, log, &mut lines);
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
        let lines = String::from_utf8(lines).unwrap();
        assert!(lines.contains("\n  vm_one passed after ") && lines.contains("\n    two was here\n"), "{lines}");
        assert!(!lines.contains("one is well"), "{lines}");
    }

    #[test]
    fn a_guest_that_ends_early_without_a_word_leaves_tests_not_run() {
        let directory = tempfile::tempdir().unwrap();
        let tests = ["vm_one".to_owned()];
        let (log, mut lines) = (BootLog::create(directory.path(), "6.1-lsm").unwrap(), Vec::new());
        let record = BootRecord::new(&tests, LIMIT, log, &mut lines);
        assert_eq!(record.finish(Ok(())).unwrap().outcomes, [Outcome::NotRun]);
    }
}
