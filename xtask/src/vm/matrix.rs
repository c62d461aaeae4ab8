//! `cargo xtask vm`: the end-to-end tests on every kernel and with every backend.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::ValueEnum;

use super::kernel::{Cache, Freshness, KernelSelection};
use super::qemu::Qemu;
use super::suite::{Backend, Boot, Ran, Report, Suite, Workspace};

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
    /// More words for the kernel's command line, such as `preempt=full`
    #[arg(long, value_name = "WORDS")]
    append: Option<String>,
    /// Run only the test targets with one of these in their names
    #[arg(last = true, value_name = "TEST")]
    filters: Vec<String>,
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
    for kernel in &kernels {
        for &backend in backends {
            let boot = Boot { kernel: kernel.line, backend };
            let mut ran = Ran::default();
            for suite in &suites {
                let start = Instant::now();
                ran = ran.and(suite.run(&qemu, boot, kernel).context("cannot write the guest's log")?);
                println!("  {:.1} s in all", start.elapsed().as_secs_f32());
            }
            report.add(boot, ran);
        }
    }
    println!("{report}");
    Ok(if report.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
