//! `cargo xtask bench observe`: what it costs to be observed, by Vivarium and by others.
//!
//! Each round does every job once under every observer, so that whatever else the machine does meanwhile hits all of them.
//! The work is timed by the program that does it: what an observer needs to start and to end is shown beside it.

mod bars;
mod empty;
mod job;
mod measurements;
mod memory;
mod observer;
mod programs;
mod report;
mod trial;

use std::path::Path;
use std::process::{Command, ExitCode};

use bars::Bar;
use job::{Effort, Job};
use measurements::{Failure, Measurements};
use observer::Observer;
use programs::Programs;
use report::Report;
use trial::Trial;

/// Measure what being observed costs; needs root
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often everything is run
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Do a tenth of the work, for a first look
    #[arg(long)]
    quick: bool,
    /// Fail unless every bar holds
    #[arg(long)]
    assert: bool,
    /// Only the jobs with one of these in their names
    #[arg(value_name = "JOB")]
    filters: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let wanted = |job: &Job| {
        args.filters.is_empty() || args.filters.iter().any(|filter| job.to_string().contains(filter.as_str()))
    };
    let jobs: Vec<_> = Job::ALL.into_iter().filter(wanted).collect();
    let bench = Bench {
        programs: Programs::build(&jobs)?,
        effort: if args.quick { Effort::Tenth } else { Effort::Full },
        folder: tempfile::tempdir()?,
    };
    let measurements = bench.measure(&jobs, args.rounds);
    let bars = Bar::all(&measurements);
    println!("\n{}", Report { measurements: &measurements, bars: &bars, effort: bench.effort });
    let fails = args.assert && !bars.iter().all(Bar::holds);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is needed to do jobs.
struct Bench {
    programs: Programs,
    effort: Effort,
    folder: tempfile::TempDir,
}

impl Bench {
    fn measure(&self, jobs: &[Job], rounds: usize) -> Measurements {
        let mut measurements = Measurements::default();
        let observers = self.working_observers(&mut measurements);
        for round in 1..=rounds {
            for &job in jobs {
                for &observer in &observers {
                    if !observer.watches(job) || measurements.is_hopeless(job, observer) {
                        continue;
                    }
                    eprintln!("round {round} of {rounds}: {job}: {observer}");
                    let outcome = self.trial(job, observer);
                    measurements.add(job, observer, outcome);
                }
            }
        }
        self.measure_memory(jobs, &observers, &mut measurements);
        measurements
    }

    /// Those that can do anything at all here; the others are told of.
    fn working_observers(&self, measurements: &mut Measurements) -> Vec<Observer> {
        let mut working = Vec::new();
        for observer in Observer::all() {
            match self.trial(Job::Nothing, observer) {
                Ok(_) => working.push(observer),
                Err(reason) => measurements.failures.push(Failure { observer, job: None, reason }),
            }
        }
        working
    }

    fn trial(&self, job: Job, observer: Observer) -> Result<Trial, String> {
        let target = self.programs.target(job, self.effort);
        let mut command = self.command(job, observer);
        Trial::run(observer, &mut command, &target.program).map_err(|error| error.to_string())
    }

    /// Looking at the memory of an observer disturbs it, so that has runs of its own.
    fn measure_memory(&self, jobs: &[Job], observers: &[Observer], measurements: &mut Measurements) {
        let vivarium = observers.iter().filter(|observer| matches!(observer, Observer::Vivarium(_)));
        for &observer in vivarium {
            for &job in jobs {
                if measurements.is_hopeless(job, observer) {
                    continue;
                }
                match Trial::memory(observer, &mut self.command(job, observer)) {
                    Ok(memory) => measurements.memory.push((job, observer, memory)),
                    Err(error) => measurements.add(job, observer, Err(error.to_string())),
                }
            }
        }
    }

    fn command(&self, job: Job, observer: Observer) -> Command {
        let target = self.programs.target(job, self.effort);
        observer.command(job, &target, &self.programs.vivarium, &self.report())
    }

    fn report(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("report")
    }
}
