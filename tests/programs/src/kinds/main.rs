//! `kinds FAMILY DIRECTORY`: does what is seen as the events of a family, each deed in a marked function of its own.
//!
//! `kinds list` prints a line for each deed: its family, its name, and the kind of event that it is there for. What the deeds
//! need in DIRECTORY, the test puts there. `kinds rest ...` does nothing.

mod child;
mod code;
mod deed;
mod file;
mod identity;
mod kernel;
mod library;
mod net;
mod process;
mod ring;

use std::path::PathBuf;
use std::process::ExitCode;

use self::deed::Deed;

/// The families.
const FAMILIES: &[(&str, &[Deed])] = &[
    ("file", file::DEEDS),
    ("process", process::DEEDS),
    ("identity", identity::DEEDS),
    ("net", net::DEEDS),
    ("kernel", kernel::DEEDS),
    ("code", code::DEEDS),
    ("library", library::DEEDS),
    ("ring", ring::DEEDS),
];

/// The first argument with which nothing is done.
const REST: &str = "rest";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["list"] => {
            for (family, deeds) in FAMILIES {
                deeds.iter().for_each(|Deed { name, kind, .. }| println!("{family} {name} {kind}"));
            }
        }
        // What is executed in a deed.
        [REST, ..] => {}
        [family, directory] => {
            let Some((_, deeds)) = FAMILIES.iter().find(|(name, _)| *name == family) else {
                eprintln!("there is no family {family}");
                return ExitCode::FAILURE;
            };
            let directory = PathBuf::from(directory);
            deeds.iter().for_each(|deed| (deed.act)(&directory));
        }
        _ => {
            eprintln!("usage: kinds list | kinds FAMILY DIRECTORY");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
