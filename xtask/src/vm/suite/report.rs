//! What came of the tests: a line for each as it ends, a table of all at the end.

use std::fmt;
use std::time::Duration;

use comfy_table::{Table, presets};

use super::backend::Backend;
use super::boot_record::Ran;
use super::programs::Programs;
use crate::vm::kernel::KernelLine;

/// A guest that tests ran in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) kernel: KernelLine,
    pub(crate) backend: Backend,
}

impl fmt::Display for Boot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kernel, self.backend)
    }
}

/// What came of one test in one boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed {
        status: u8,
    },
    /// It ran for as long as it may, and was killed.
    TimedOut,
    /// The guest died or hung under it.
    GuestFailed,
    /// The guest had died or hung before.
    NotRun,
}

impl Outcome {
    /// What a test's exit status and time say.
    pub(crate) fn of(status: u8, time: Duration, limit: Duration) -> Self {
        match status {
            0 => Self::Passed,
            // As a shell shows SIGKILL, which is how the guest enforces the limit.
            137 if time >= limit => Self::TimedOut,
            status => Self::Failed { status },
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed { status } => write!(f, "FAILED with status {status}"),
            Self::TimedOut => f.write_str("TIMED OUT"),
            Self::GuestFailed => f.write_str("GUEST FAILED"),
            Self::NotRun => f.write_str("NOT RUN"),
        }
    }
}

/// The outcomes of all tests in all boots so far.
pub(crate) struct Report {
    tests: Vec<String>,
    boots: Vec<(Boot, Vec<Outcome>)>,
    programs: Programs,
}

impl Report {
    pub(crate) fn new(tests: Vec<String>) -> Self {
        Self { tests, boots: Vec::new(), programs: Programs::default() }
    }

    /// Adds what came of the next tests in a boot, which may be in several guests.
    pub(crate) fn add(&mut self, boot: Boot, ran: Ran) {
        self.programs.add(boot, ran.programs);
        match self.boots.last_mut() {
            Some((last, outcomes)) if *last == boot => outcomes.extend(ran.outcomes),
            _ => self.boots.push((boot, ran.outcomes)),
        }
    }

    pub(crate) fn all_passed(&self) -> bool {
        self.outcomes().all(|outcome| outcome == Outcome::Passed)
    }

    fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.boots.iter().flat_map(|(_, outcomes)| outcomes).copied()
    }
}

impl fmt::Display for Report {
    /// What the tests told of programs, the table of the tests, and a last line with the counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.programs)?;
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let boots = self.boots.iter().map(|(boot, _)| boot.to_string());
        table.set_header(std::iter::once(String::new()).chain(boots));
        for (index, test) in self.tests.iter().enumerate() {
            let outcomes = self.boots.iter().map(|(_, outcomes)| outcomes[index].to_string());
            table.add_row(std::iter::once(test.clone()).chain(outcomes));
        }
        writeln!(f, "{}", table.trim_fmt())?;
        let passed = self.outcomes().filter(|outcome| *outcome == Outcome::Passed).count();
        let failed = self.outcomes().count() - passed;
        write!(f, "{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[test]
    fn a_kill_is_a_timeout_only_where_the_time_was_up() {
        assert_eq!(Outcome::of(137, Duration::from_secs(10), LIMIT), Outcome::TimedOut);
        assert_eq!(Outcome::of(137, Duration::from_secs(1), LIMIT), Outcome::Failed { status: 137 });
        assert_eq!(Outcome::of(0, Duration::from_secs(11), LIMIT), Outcome::Passed);
    }

    #[test]
    fn counts_each_test_in_each_boot() {
        let mut report = Report::new(vec!["vm_one".to_owned(), "vm_two".to_owned()]);
        let on = |backend| Boot { kernel: KernelLine::V6_1, backend };
        let ran = |outcomes: &[Outcome]| Ran { outcomes: outcomes.to_vec(), programs: Vec::new() };
        report.add(on(Backend::Lsm), ran(&[Outcome::Passed]));
        report.add(on(Backend::Lsm), ran(&[Outcome::Passed]));
        assert!(report.all_passed());
        report.add(on(Backend::Fentry), ran(&[Outcome::GuestFailed, Outcome::NotRun]));
        assert!(!report.all_passed());
        let text = report.to_string();
        assert!(text.ends_with("\n2 passed, 2 failed"), "{text}");
        let row = text.lines().find(|line| line.contains("vm_two")).unwrap();
        assert!(row.contains("passed") && row.contains("NOT RUN"), "{text}");
    }
}
