//! `cargo xtask bench compile`: what it costs to compile a thousand marked functions, beside `#[tracing::instrument]`.
//!
//! Everything that the crates depend on is built before. Each round compiles every crate once, so that whatever else the
//! machine does meanwhile hits all of them; the fastest counts.

mod crates;

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use vivarium_tests::cargo;

use crates::{Crates, Marks, Step, Style};

/// Measure what it costs to compile marked functions
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often everything is compiled
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many functions there are
    #[arg(long, default_value_t = 1000)]
    functions: usize,
    /// Fail unless marking costs no more than `#[tracing::instrument]`
    #[arg(long)]
    assert: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let crates = Crates::write(args.functions, &cargo::target_directory()?.join("bench-compile"))?;
    crates.build_dependencies()?;
    let mut times = Times(Vec::new());
    for round in 1..=args.rounds {
        eprintln!("round {round} of {}", args.rounds);
        for step in Step::ALL {
            for style in Style::ALL {
                for marks in Marks::ALL {
                    times.add(step, style, marks, crates.compile(step, style, marks)?);
                }
            }
        }
    }
    println!("{} functions in a crate\n\n{times}", args.functions);
    let holds = times.holds().all(|(_, _, holds)| holds);
    Ok(if args.assert && !holds { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The fastest of each.
struct Times(Vec<(Step, Style, Marks, Duration)>);

impl Times {
    fn add(&mut self, step: Step, style: Style, marks: Marks, time: Duration) {
        let known = self.0.iter_mut().find(|(a, b, c, _)| (*a, *b, *c) == (step, style, marks));
        match known {
            Some((.., fastest)) => *fastest = time.min(*fastest),
            None => self.0.push((step, style, marks, time)),
        }
    }

    fn of(&self, step: Step, style: Style, marks: Marks) -> f64 {
        let known = self.0.iter().find(|(a, b, c, _)| (*a, *b, *c) == (step, style, marks));
        known.map_or(f64::NAN, |(.., time)| time.as_secs_f64())
    }

    /// What the marks add to the bare crate.
    fn added(&self, step: Step, style: Style, marks: Marks) -> f64 {
        self.of(step, style, marks) - self.of(step, style, Marks::None)
    }

    /// Whether our marks add no more than the others.
    fn holds(&self) -> impl Iterator<Item = (Step, Style, bool)> {
        let pairs = Step::ALL.into_iter().flat_map(|step| Style::ALL.map(|style| (step, style)));
        pairs.map(|(step, style)| {
            let added = |marks| self.added(step, style, marks);
            (step, style, added(Marks::Observe) <= added(Marks::Instrument))
        })
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["", "in all", "more than bare", "of instrument's"]);
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        for step in Step::ALL {
            for style in Style::ALL {
                table.add_row([format!("cargo {step}, {style}")]);
                for marks in Marks::ALL {
                    let (added, others) = (self.added(step, style, marks), self.added(step, style, Marks::Instrument));
                    table.add_row([
                        format!("  {marks}"),
                        format!("{:.2} s", self.of(step, style, marks)),
                        format!("{added:+.2} s"),
                        format!("{:.2}", added / others),
                    ]);
                }
            }
        }
        writeln!(f, "{}\n", table.trim_fmt())?;
        self.holds().try_for_each(|(step, style, holds)| {
            let word = if holds { "holds" } else { "FAILS" };
            writeln!(f, "{word}  cargo {step}, {style}: {} adds no more than {}", Marks::Observe, Marks::Instrument)
        })
    }
}
