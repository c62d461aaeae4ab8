//! What came of the ways: a line for each as it ends, the counts at the end.

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use super::found::{Found, Part};

/// What came of one way.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All sites are there.
    Survived(Found),
    /// No site is there, and `vivarium sites` says so.
    Told,
    /// Something that it needs isn't installed.
    Skipped(String),
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Survived(found) => {
                let count = |part| found.sites.iter().filter(|site| site.part == part).count();
                write!(f, "passed   {:2} sites in the program", count(Part::Program))?;
                if found.has(Part::Plugin) {
                    write!(f, ", {} in the plugin", count(Part::Plugin))?;
                }
                let hits: Option<u64> = found.sites.iter().map(|site| site.hits.map(|hits| hits.total())).sum();
                hits.map_or(Ok(()), |hits| write!(f, ", {hits} hits"))
            }
            Self::Told => write!(f, "passed   `vivarium sites` says that the notes were stripped"),
            Self::Skipped(why) => write!(f, "skipped  {why}"),
            Self::Failed(why) => write!(f, "FAILED   {why}"),
        }
    }
}

/// How many ways passed, failed, and were skipped.
#[derive(Debug, Default)]
pub(super) struct Report {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    /// Counts a way, and shows what came of it.
    pub(super) fn add(&mut self, way: &str, outcome: &Outcome, time: Duration) {
        *match outcome {
            Outcome::Survived(_) | Outcome::Told => &mut self.passed,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Skipped(_) => &mut self.skipped,
        } += 1;
        println!("{way:20} {:5.1} s  {outcome}", time.as_secs_f32());
    }

    pub(super) fn exit(&self) -> ExitCode {
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}
