//! `cargo xtask vm`: the end-to-end tests on every kernel and with every backend.

use std::io;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;

use super::at_once::at_once;
use super::kernel::{Cache, Freshness, KernelSelection};
use super::qemu::Qemu;
use super::suite::{Backend, Boot, Report, Suite, Workspace};

/// Run the tests that are named vm_* in guests: each kernel, each backend
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The kernel: 6.1, 6.12, newest or all
    #[arg(long, default_value = "all")]
    kernel: KernelSelection,
    /// The backend; all where none is named
    #[arg(long)]
    backend: Option<Backend>,
    /// How long one test target may run, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    limit: u64,
    /// How many guests run at once; one for each processor, up to four, where nothing is said
    #[arg(long, value_name = "COUNT")]
    guests: Option<NonZeroUsize>,
    /// More words for the kernel's command line, such as `preempt=full`
    #[arg(long, value_name = "WORDS")]
    append: Option<String>,
    /// Run only the test targets with one of these in their names
    #[arg(last = true, value_name = "TEST")]
    filters: Vec<String>,
}

/// How many guests run at once where nothing is said. Each has two processors, and keeps little more than one busy. More than
/// four would take memory that not every machine has.
fn guests() -> NonZeroUsize {
    const MOST: NonZeroUsize = NonZeroUsize::new(4).expect("it is not zero");
    thread::available_parallelism().map_or(NonZeroUsize::MIN, |processors| processors.min(MOST))
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let qemu = Qemu::find()?;
    let cache = Cache::of_this_user()?;
    let mut kernels = Vec::new();
    for line in args.kernel.lines() {
        kernels.push(cache.kernel(*line, Freshness::Kept)?);
    }
    let backends = match &args.backend {
        Some(backend) => std::slice::from_ref(backend),
        None => Backend::value_variants(),
    };
    let limit = Duration::from_secs(args.limit);
    let suites = Suite::build(&Workspace::find()?, &args.filters, &kernels, args.append.as_deref(), limit)?;

    let mut report = Report::new(suites.iter().flat_map(Suite::tests).cloned().collect());
    let boots = kernels.iter().flat_map(|kernel| backends.iter().map(move |&backend| (kernel, backend)));
    let guests: Vec<_> = boots.flat_map(|boot| suites.iter().map(move |suite| (boot, suite))).collect();
    let at_a_time = args.guests.unwrap_or_else(self::guests);
    let ran = at_once(at_a_time, &guests, &mut io::stdout(), |&((kernel, backend), suite), lines| {
        suite.run(&qemu, Boot { kernel: kernel.line, backend }, kernel, lines)
    });
    let ran = ran.context("cannot write what a guest says")?;
    for (&((kernel, backend), _), ran) in guests.iter().zip(ran) {
        report.add(Boot { kernel: kernel.line, backend }, ran);
    }
    println!("{report}");
    Ok(if report.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
