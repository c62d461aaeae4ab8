//! What all runs took, and what follows from that.

use std::time::Duration;

use super::job::Job;
use super::memory::Memory;
use super::observer::Observer;
use super::trial::{Trial, Watched};

/// All runs of one job under one observer, the same number of them for every observer.
pub(super) struct Series {
    pub(super) job: Job,
    pub(super) observer: Observer,
    pub(super) trials: Vec<Trial>,
}

/// Something that could not be measured.
pub(super) struct Failure {
    pub(super) observer: Observer,
    /// One job; none where the observer does not work at all.
    pub(super) job: Option<Job>,
    pub(super) reason: String,
}

/// Everything that was measured.
#[derive(Default)]
pub(super) struct Measurements {
    pub(super) series: Vec<Series>,
    pub(super) failures: Vec<Failure>,
    pub(super) memory: Vec<(Job, Observer, Memory)>,
}

impl Series {
    /// The median of what `part` takes of each run.
    pub(super) fn median(&self, part: fn(&Trial) -> Duration) -> Option<f64> {
        median(self.trials.iter().map(|trial| part(trial).as_secs_f64()))
    }

    /// How many runs weren't seen whole.
    pub(super) fn incomplete(&self) -> usize {
        self.trials.iter().filter(|trial| trial.watched == Watched::Incomplete).count()
    }
}

impl Measurements {
    /// Adds a run, or the reason that there is none, and none will be.
    pub(super) fn add(&mut self, job: Job, observer: Observer, outcome: Result<Trial, String>) {
        match outcome {
            Ok(trial) => match self.series.iter_mut().find(|series| series.job == job && series.observer == observer) {
                Some(series) => series.trials.push(trial),
                None => self.series.push(Series { job, observer, trials: vec![trial] }),
            },
            Err(reason) => {
                self.series.retain(|series| series.job != job || series.observer != observer);
                self.failures.push(Failure { observer, job: Some(job), reason });
            }
        }
    }

    /// Whether it is known that this can't be measured.
    pub(super) fn is_hopeless(&self, job: Job, observer: Observer) -> bool {
        self.failures
            .iter()
            .any(|failure| failure.observer == observer && failure.job.is_none_or(|failed| failed == job))
    }

    pub(super) fn of(&self, job: Job, observer: Observer) -> Option<&Series> {
        self.series.iter().find(|series| series.job == job && series.observer == observer)
    }

    /// How many times as long a part of a job takes with one observer as with another: the median over the rounds, in each of
    /// which both ran one shortly after the other.
    pub(super) fn ratio(&self, job: Job, part: fn(&Trial) -> Duration, of: Observer, to: Observer) -> Option<f64> {
        let (of, to) = (self.of(job, of)?, self.of(job, to)?);
        let pairs = of.trials.iter().zip(&to.trials);
        median(pairs.map(|(of, to)| part(of).as_secs_f64() / part(to).as_secs_f64()))
    }
}

/// The middle of some numbers, between the two middle ones where their count is even.
fn median(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.get(numbers.len() / 2)?;
    match numbers.len() % 2 {
        0 => Some((middle + numbers[numbers.len() / 2 - 1]) / 2.0),
        _ => Some(*middle),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(work: u64) -> Trial {
        let second = Duration::from_secs(1);
        let work = Duration::from_secs(work);
        Trial { start: second, work, used: work, whole: second, watched: Watched::Complete }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.5));
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn a_ratio_is_of_runs_in_the_same_round() {
        let mut measurements = Measurements::default();
        // The machine is busy in the second round, and the ratio stays.
        for (bare, traced) in [(1, 2), (10, 20), (1, 2)] {
            measurements.add(Job::Open, Observer::Nobody, Ok(trial(bare)));
            measurements.add(Job::Open, Observer::Strace, Ok(trial(traced)));
        }
        let ratio = |job| measurements.ratio(job, |trial| trial.work, Observer::Strace, Observer::Nobody);
        assert_eq!(ratio(Job::Open), Some(2.0));
        assert_eq!(ratio(Job::Call), None);
    }

    #[test]
    fn what_failed_once_is_not_measured() {
        let mut measurements = Measurements::default();
        measurements.add(Job::Open, Observer::Strace, Ok(trial(1)));
        measurements.add(Job::Open, Observer::Strace, Err("it broke".to_owned()));
        assert!(measurements.of(Job::Open, Observer::Strace).is_none());
        assert!(measurements.is_hopeless(Job::Open, Observer::Strace));
        assert!(!measurements.is_hopeless(Job::Call, Observer::Strace));
    }
}
