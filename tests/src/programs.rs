//! The BPF programs that a process has loaded, and what the kernel says of them.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use aya::programs::loaded_programs;

/// A BPF program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LoadedProgram {
    /// Its name.
    pub name: String,
    /// How many instructions the verifier looked at.
    pub verified: u64,
    /// How often it has run since the kernel counts.
    pub runs: u64,
    /// How long that took, in nanoseconds.
    pub time: u64,
}

/// The programs that this process holds, by their names.
///
/// # Panics
/// When the kernel doesn't tell.
#[must_use]
pub fn loaded_by(process: u32) -> Vec<LoadedProgram> {
    let all = loaded_programs().filter_map(|program| {
        let program = program.ok()?;
        Some((u64::from(program.id()), program.name_as_str()?.to_owned()))
    });
    let names: HashMap<u64, String> = all.collect();
    let descriptors = fs::read_dir(format!("/proc/{process}/fdinfo")).expect("the process is there");
    let mut programs: Vec<_> = descriptors
        .filter_map(|entry| {
            let said = said_of(entry.ok()?.path())?;
            // Whatever attaches a program names it, too; only the program itself was verified.
            let number = |name: &str| said.get(name)?.parse().ok();
            let name = names.get(&number("prog_id")?)?.clone();
            Some(LoadedProgram {
                name,
                verified: number("verified_insns")?,
                runs: number("run_cnt")?,
                time: number("run_time_ns")?,
            })
        })
        .collect();
    programs.sort();
    programs.dedup_by(|one, other| one.name == other.name);
    programs
}

/// What the kernel says of an open descriptor, by name.
fn said_of(file: PathBuf) -> Option<HashMap<String, String>> {
    let text = fs::read_to_string(file).ok()?;
    let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Some(text.lines().filter_map(pair).collect())
}
