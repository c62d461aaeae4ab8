//! What is printed in the end.

use std::fmt;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use super::bars::Bar;
use super::job::{Effort, Job};
use super::measurements::{Measurements, Series};
use super::observer::Observer;
use super::trial::Trial;

/// The measurements, and how far the bars hold.
pub(super) struct Report<'a> {
    pub(super) measurements: &'a Measurements,
    pub(super) bars: &'a [Bar],
    pub(super) effort: Effort,
}

impl Report<'_> {
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["", "each", "of bare", "processor", "of bare", "start", "in all", "of bare", ""]);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for job in Job::ALL {
            let mut series = self.measurements.series.iter().filter(|series| series.job == job).peekable();
            if series.peek().is_none() {
                continue;
            }
            table.add_row([match job.times(self.effort) {
                0 => job.to_string(),
                times => format!("{job} ({times})"),
            }]);
            for series in series {
                table.add_row(self.row(series));
            }
        }
        table
    }

    fn row(&self, series: &Series) -> [String; 9] {
        let bare = self.measurements.of(series.job, Observer::Nobody);
        let times = series.job.times(self.effort);
        let is_work = times > 0 && series.job != Job::Pace;
        let part = |part: fn(&Trial) -> Duration| series.median(part).filter(|_| is_work);
        let of_bare = |part| {
            let ratio = self.measurements.ratio(series.job, part, series.observer, Observer::Nobody);
            ratio.filter(|ratio| is_work && ratio.is_finite()).map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
        };
        let each = |part: Option<f64>| part.map(|seconds| duration(seconds / times as f64)).unwrap_or_default();
        let whole = series.median(|trial| trial.whole);
        let whole_of_bare = whole.zip(bare.and_then(|bare| bare.median(|trial| trial.whole)));
        let shown = |value: Option<String>| value.unwrap_or_default();
        [
            format!("  {}", series.observer),
            each(part(|trial| trial.work)),
            of_bare(|trial| trial.work),
            each(part(|trial| trial.used)),
            of_bare(|trial| trial.used),
            shown(series.median(|trial| trial.start).map(duration)),
            shown(whole.map(duration)),
            shown(whole_of_bare.map(|(whole, bare)| format!("{:.2}", whole / bare))),
            match series.incomplete() {
                0 => String::new(),
                runs => format!("incomplete in {runs} of {} runs", series.trials.len()),
            },
        ]
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.table().trim_fmt())?;
        for (job, observer, memory) in &self.measurements.memory {
            writeln!(f, "\nmemory of {observer} ({job})\n  {memory}")?;
        }
        for failure in &self.measurements.failures {
            match failure.job {
                Some(job) => writeln!(f, "\n{} ({job}) is not measured: {}", failure.observer, failure.reason)?,
                None => writeln!(f, "\n{} is not measured: {}", failure.observer, failure.reason)?,
            }
        }
        writeln!(f)?;
        self.bars.iter().try_for_each(|bar| writeln!(f, "{bar}"))
    }
}

/// A time in seconds, in a unit that suits it.
fn duration(seconds: f64) -> String {
    match seconds {
        ..1e-6 => format!("{:.1} ns", seconds * 1e9),
        ..1e-3 => format!("{:.2} µs", seconds * 1e6),
        ..1.0 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_in_units_that_suit_them() {
        assert_eq!(duration(5.1e-9), "5.1 ns");
        assert_eq!(duration(1.234e-6), "1.23 µs");
        assert_eq!(duration(0.0451), "45.1 ms");
        assert_eq!(duration(12.0), "12.00 s");
    }
}
