//! `cargo xtask VERB`: the chores of this repository.
//!
//! A verb is a module with `Args`, what it takes, and `run`, what it does. To add one, write the module and give it
//! a line in [`Verb`] and one in [`main`].

mod bench;
mod bpf;
mod docs;
mod host_command;
mod platforms;
mod survival;
mod target;
mod vm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Bench(bench::Args),
    Bpf(bpf::Args),
    Docs(docs::Args),
    Platforms(platforms::Args),
    Survival(survival::Args),
    Vm(vm::matrix::Args),
    VmExec(vm::exec::Args),
    VmSetup(vm::setup::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    match Xtask::parse().verb {
        Verb::Bench(args) => bench::run(&args),
        Verb::Bpf(args) => bpf::run(&args),
        Verb::Docs(args) => docs::run(&args),
        Verb::Platforms(args) => platforms::run(&args),
        Verb::Survival(args) => survival::run(&args),
        Verb::Vm(args) => vm::matrix::run(&args),
        Verb::VmExec(args) => vm::exec::run(&args),
        Verb::VmSetup(args) => vm::setup::run(&args),
    }
}
