//! `cargo xtask survival`: one small program, built in every way that there is, has the same sites in all of them.

mod attached;
mod found;
mod golden;
mod linker;
mod report;
mod treatment;
mod trial;
mod way;
mod witness;

use std::process::ExitCode;
use std::time::Instant;

use vivarium_tests::uprobes::Uprobes;

use golden::Golden;
use report::{Outcome, Report};
use trial::{Trial, TrialError};
use way::{NO_GC, RELEASE, WAYS, Way};

/// Build a small program in every way, and check that its sites survive
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Take down what is found now as what must be found from now on; needs root
    #[arg(long, conflicts_with = "filters")]
    bless: bool,
    /// Only the ways with one of these in their names
    #[arg(value_name = "WAY")]
    filters: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let trial = Trial::prepare()?;
    if args.bless {
        Golden::of(&trial.survivors(&RELEASE)?, &trial.survivors(&NO_GC)?).write()?;
        return Ok(ExitCode::SUCCESS);
    }
    if !Uprobes::are_permitted() {
        println!("nothing is attached to the probes, since that needs root\n");
    }
    let golden = Golden::read()?;
    let mut report = Report::default();
    for way in WAYS.iter().filter(|way| is_wanted(way.name, &args.filters)) {
        let start = Instant::now();
        let outcome = match way.missing(trial.host()) {
            Some(missing) => Outcome::Skipped(missing),
            None => outcome(&trial, &golden, way).unwrap_or_else(|error| Outcome::Failed(error.to_string())),
        };
        report.add(way.name, &outcome, start.elapsed());
    }
    println!("\n{report}");
    Ok(report.exit())
}

fn outcome(trial: &Trial, golden: &Golden, way: &Way) -> Result<Outcome, TrialError> {
    if way.treatment.takes_notes_away() {
        trial.complaint(way)?;
        return Ok(Outcome::Told);
    }
    let found = trial.survivors(way)?;
    golden.check(&found, way.unused)?;
    Ok(Outcome::Survived(found))
}

fn is_wanted(name: &str, filters: &[String]) -> bool {
    filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
}
