//! The command line of `vivarium`.
//!
//! A command is a module with `Args`, what it takes, and `run`, what it does. To add one, write the module and give it a
//! line in `Command` and one in `Command::run`.

mod attach;
mod demo;
mod doctor;
mod events;
mod failure;
mod filter;
mod observing;
mod output;
mod report;
mod run;
mod sites;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::{Failure, OutputError};
pub(crate) use failure::{tell_of, with_causes};
pub(crate) use observing::backend;

use crate::exit::Exit;

/// See what each function of a Rust program really does to the machine.
#[derive(Parser, Debug)]
#[command(name = "vivarium", version, after_help = Exit::help(Exit::ALL))]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Attach(attach::Args),
    Demo(demo::Args),
    #[command(name = demo::PROGRAM, hide = true)]
    DemoProgram,
    Doctor(doctor::Args),
    Events(events::Args),
    Report(report::Args),
    Run(run::Args),
    Sites(sites::Args),
}

impl Command {
    fn run(self) -> Result<ExitCode, Box<dyn Failure>> {
        match self {
            Self::Attach(args) => attach::run(&args),
            Self::Demo(args) => demo::run(&args),
            Self::DemoProgram => demo::program(),
            Self::Doctor(args) => doctor::run(&args),
            Self::Events(args) => events::run(&args),
            Self::Report(args) => report::run(&args),
            Self::Run(args) => run::run(&args),
            Self::Sites(args) => sites::run(&args),
        }
    }
}

/// Does what the command line asks; a failure is told in one line on standard error.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Cli::try_parse() {
        Ok(cli) => cli.command.run(),
        Err(told) => tell(&told),
    };
    match done {
        Ok(status) => status,
        Err(failure) => failure::tell(failure.as_ref()),
    }
}

/// Prints what is told instead of doing anything: help that was asked for, which is an output like others, or what is wrong with
/// the command line.
fn tell(told: &clap::Error) -> Result<ExitCode, Box<dyn Failure>> {
    if told.use_stderr() {
        told.exit();
    }
    told.print().and_then(|()| io::stdout().flush()).map_err(OutputError::from)?;
    Ok(Exit::Success.into())
}
