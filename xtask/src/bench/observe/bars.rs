//! What observing may cost.

use std::fmt;
use std::time::Duration;

use vivarium_sys::event::Backend;

use super::job::Job;
use super::measurements::Measurements;
use super::observer::Observer;
use super::trial::Trial;

/// A bar, and what was measured against it.
pub(super) struct Bar {
    what: String,
    limit: Limit,
    unit: Unit,
    /// Nothing where it could not be measured.
    measured: Option<f64>,
    /// How many of the runs that it rests on were not seen whole: whoever sees less has less to do.
    incomplete: usize,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Times,
    Milliseconds,
    Mebibytes,
    Runs,
}

impl Bar {
    /// All bars, for every backend that was measured.
    pub(super) fn all(measurements: &Measurements) -> Vec<Self> {
        let syscalls = Observer::Vivarium(Backend::Syscalls);
        let mut bars = vec![
            Self::ratio(measurements, Job::Open, |trial| trial.used, (syscalls, Observer::Nobody), Limit::AtMost(1.5)),
            // While the program waits for strace, it has no processor.
            Self::ratio(
                measurements,
                Job::Open,
                |trial| trial.work,
                (Observer::Strace, syscalls),
                Limit::AtLeast(10.0),
            ),
        ];
        let works = |observer: &Observer| measurements.series.iter().any(|series| series.observer == *observer);
        for observer in Backend::ALL.into_iter().map(Observer::Vivarium).filter(works) {
            let pair = (observer, Observer::EmptyPrograms);
            bars.push(Self::ratio(measurements, Job::Call, |trial| trial.used, pair, Limit::AtMost(1.3)));
            bars.push(Self::start(measurements, observer));
            bars.push(Self::attach(measurements, observer));
            bars.push(Self::memory(measurements, observer));
            bars.push(Self::losses(measurements, observer));
        }
        bars
    }

    pub(super) fn holds(&self) -> bool {
        let within = |measured| match self.limit {
            Limit::AtMost(limit) => measured <= limit,
            Limit::AtLeast(limit) => measured >= limit,
            Limit::Below(limit) => measured < limit,
        };
        self.measured.is_some_and(within) && self.incomplete == 0
    }

    fn ratio(
        measurements: &Measurements,
        job: Job,
        part: fn(&Trial) -> Duration,
        (of, to): (Observer, Observer),
        limit: Limit,
    ) -> Self {
        let incomplete = [of, to].into_iter().filter_map(|observer| measurements.of(job, observer));
        Self {
            what: format!("{job}: {of}, compared to {to}"),
            limit,
            unit: Unit::Times,
            measured: measurements.ratio(job, part, of, to),
            incomplete: incomplete.map(|series| series.incomplete()).sum(),
        }
    }

    fn start(measurements: &Measurements, observer: Observer) -> Self {
        let series = measurements.of(Job::Nothing, observer);
        Self {
            what: format!("{observer}: until the program's own code runs"),
            limit: Limit::Below(300.0),
            unit: Unit::Milliseconds,
            measured: series.and_then(|series| series.median(|trial| trial.start)).map(|seconds| seconds * 1e3),
            incomplete: series.map_or(0, |series| series.incomplete()),
        }
    }

    /// Attaching is what a crowd of sites adds to the start.
    fn attach(measurements: &Measurements, observer: Observer) -> Self {
        let start = |job| measurements.of(job, observer)?.median(|trial| trial.start);
        let (few, many) = (start(Job::Nothing), start(Job::Crowd));
        Self {
            what: format!("{observer}: attaching to 10,000 sites"),
            limit: Limit::Below(1000.0),
            unit: Unit::Milliseconds,
            measured: few.zip(many).map(|(few, many)| (many - few) * 1e3),
            incomplete: measurements.of(Job::Crowd, observer).map_or(0, |series| series.incomplete()),
        }
    }

    fn memory(measurements: &Measurements, observer: Observer) -> Self {
        let of_observer = measurements.memory.iter().filter(|(_, of, _)| *of == observer);
        let most = of_observer.map(|(_, _, memory)| memory.total()).max();
        Self {
            what: format!("{observer}: memory, with that in the kernel"),
            limit: Limit::Below(64.0),
            unit: Unit::Mebibytes,
            measured: most.map(|kib| kib as f64 / 1024.0),
            incomplete: 0,
        }
    }

    fn losses(measurements: &Measurements, observer: Observer) -> Self {
        let series = measurements.of(Job::Pace, observer);
        Self {
            what: format!("{observer}: {}, runs that lost some", Job::Pace),
            limit: Limit::AtMost(0.0),
            unit: Unit::Runs,
            measured: series.map(|series| series.incomplete() as f64),
            incomplete: 0,
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.measured {
            None => "UNKNOWN",
            Some(_) if self.holds() => "holds",
            Some(_) => "FAILS",
        };
        let unit = self.unit;
        let measured = self.measured.map_or_else(|| "not measured".to_owned(), |measured| unit.shown(measured));
        let limit = match self.limit {
            Limit::AtMost(limit) => format!("at most {}", unit.shown(limit)),
            Limit::AtLeast(limit) => format!("at least {}", unit.shown(limit)),
            Limit::Below(limit) => format!("below {}", unit.shown(limit)),
        };
        write!(f, "{word:<7}  {measured:>12}  {:<22}  {}", format!("({limit})"), self.what)?;
        match self.incomplete {
            0 => Ok(()),
            runs => write!(f, "; {runs} of the runs were incomplete"),
        }
    }
}

impl Unit {
    fn shown(self, value: f64) -> String {
        match self {
            Self::Times => format!("{value:.2} times"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Runs => format!("{value:.0}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(limit: Limit, measured: Option<f64>, incomplete: usize) -> Bar {
        Bar { what: "it".to_owned(), limit, unit: Unit::Times, measured, incomplete }
    }

    #[test]
    fn a_bar_holds_on_the_right_side_of_its_limit() {
        assert!(bar(Limit::AtMost(1.5), Some(1.5), 0).holds());
        assert!(!bar(Limit::AtMost(1.5), Some(1.51), 0).holds());
        assert!(bar(Limit::AtLeast(10.0), Some(10.0), 0).holds());
        assert!(!bar(Limit::AtLeast(10.0), Some(9.9), 0).holds());
        assert!(!bar(Limit::Below(64.0), Some(64.0), 0).holds());
    }

    #[test]
    fn what_was_not_measured_or_not_seen_does_not_hold() {
        assert!(!bar(Limit::AtMost(1.5), None, 0).holds());
        assert!(!bar(Limit::AtMost(1.5), Some(1.0), 1).holds());
        assert!(bar(Limit::AtMost(1.5), None, 0).to_string().starts_with("UNKNOWN"));
    }
}
