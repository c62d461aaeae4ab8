//! `cargo xtask bench sites`: what a mark costs while no one looks, beside bare functions and the marks of others.
//!
//! Criterion measures, in `benches/`. Each round measures everything once, so that whatever else the machine does meanwhile
//! hits all of it; of each the fastest sample counts, since others on the machine can only add to it.

mod samples;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};
use comfy_table::{CellAlignment, Table, presets};
use vivarium_tests::cargo;

/// Measure what a site costs while no one looks
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Fail unless every bar holds
    #[arg(long)]
    assert: bool,
}

/// What a mark may add to a bare function, in nanoseconds.
const ROOM: f64 = 0.5;
/// Two that differ by less than this part are as cheap as each other.
const RESOLUTION: f64 = 0.02;

const BARE: &str = "bare";
const OURS: &str = "observe";

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let program = build()?;
    let mut groups = Groups::default();
    for round in 1..=args.rounds {
        eprintln!("round {round} of {}", args.rounds);
        let home = tempfile::tempdir()?;
        let mut bench = Command::new(&program);
        bench.args(["--bench", "--warm-up-time", "0.2", "--measurement-time", "0.6", "--sample-size", "30"]);
        let status = bench.env("CRITERION_HOME", home.path()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "the benchmark ended with {status}");
        samples::add(home.path(), &mut groups)?;
    }
    println!("{groups}");
    let holds = groups.bars().all(|bar| bar.holds);
    Ok(if args.assert && !holds { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Builds the benchmark, in a folder of its own.
fn build() -> anyhow::Result<std::path::PathBuf> {
    let mut cargo = cargo::command("bench");
    cargo.arg("--manifest-path").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/Cargo.toml"));
    cargo.args(["--locked", "--no-run", "--target-dir"]).arg(cargo::target_directory()?.join("benches"));
    let built = cargo::built_by(cargo)?.into_iter().find_map(|artifact| artifact.executable);
    Ok(built.context("cargo built no benchmark")?.into())
}

/// The fastest of each benchmark in nanoseconds, by group and name.
#[derive(Default)]
struct Groups(BTreeMap<String, BTreeMap<String, f64>>);

/// Something that must hold.
struct Bar {
    what: String,
    holds: bool,
}

impl Groups {
    fn bars(&self) -> impl Iterator<Item = Bar> {
        self.0.iter().flat_map(|(group, times)| {
            let of = |name: &str| times.get(name).copied().unwrap_or(f64::NAN);
            let (bare, ours) = (of(BARE), of(OURS));
            let near = Bar {
                what: format!("{group}: {OURS} costs {:+.2} ns, at most {ROOM} ns", ours - bare),
                holds: ours - bare <= ROOM,
            };
            let peers = times.iter().filter(|(name, _)| ![BARE, OURS].contains(&name.as_str()));
            let cheaper: Vec<_> =
                peers.filter(|(_, time)| **time < ours * (1.0 - RESOLUTION)).map(|(name, _)| name.as_str()).collect();
            let what = match cheaper.as_slice() {
                [] => format!("{group}: no peer is cheaper"),
                names => format!("{group}: cheaper than {OURS}: {}", names.join(", ")),
            };
            [near, Bar { what, holds: cheaper.is_empty() }]
        })
    }
}

impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["", "each", "of bare", "more"]);
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        for (group, times) in &self.0 {
            table.add_row([group.as_str()]);
            let bare = times.get(BARE).copied().unwrap_or(f64::NAN);
            let mut times: Vec<_> = times.iter().collect();
            times.sort_by(|one, other| one.1.total_cmp(other.1));
            for (name, time) in times {
                let (ratio, more) = (format!("{:.2}", time / bare), format!("{:+.2} ns", time - bare));
                table.add_row([format!("  {name}"), format!("{time:.2} ns"), ratio, more]);
            }
        }
        writeln!(f, "{}\n", table.trim_fmt())?;
        self.bars().try_for_each(|bar| {
            let word = if bar.holds { "holds" } else { "FAILS" };
            writeln!(f, "{word}  {}", bar.what)
        })
    }
}
