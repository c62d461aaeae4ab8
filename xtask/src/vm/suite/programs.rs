//! What the BPF programs are to the verifier of each kernel, and what one run of them takes: for people, who see them grow.

use std::collections::BTreeMap;
use std::fmt;

use clap::ValueEnum;
use comfy_table::{Table, presets};

use super::backend::Backend;
use super::report::Boot;
use crate::vm::kernel::KernelLine;

/// The beginning of a line by which a test tells of a program: its name, how many instructions the verifier looked at, how
/// often it ran, and what one run took in nanoseconds.
const TELLS: &str = "@program ";

/// What a test told of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    name: String,
    verified: u64,
    runs: u64,
    each: u64,
}

impl Measured {
    /// Those that this output tells of.
    pub(super) fn all_in(output: &str) -> Vec<Self> {
        output.lines().filter_map(Self::of_line).collect()
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix(TELLS)?.split(' ');
        let name = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some(Self { name, verified: number()?, runs: number()?, each: number()? })
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verified)?;
        if self.runs > 0 {
            write!(f, ", {} ns", self.each)?;
        }
        Ok(())
    }
}

/// What was told in all boots so far.
#[derive(Default)]
pub(crate) struct Programs(BTreeMap<(Backend, String), BTreeMap<KernelLine, Measured>>);

impl Programs {
    pub(super) fn add(&mut self, boot: Boot, measured: Vec<Measured>) {
        for program in measured {
            let kernels = self.0.entry((boot.backend, program.name.clone())).or_default();
            kernels.insert(boot.kernel, program);
        }
    }
}

impl fmt::Display for Programs {
    /// A table for each backend, with a column for each kernel.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &backend in Backend::value_variants() {
            let of_backend = || self.0.iter().filter(move |((one, _), _)| *one == backend);
            let mut kernels: Vec<KernelLine> = of_backend().flat_map(|(_, kernels)| kernels.keys().copied()).collect();
            kernels.sort_unstable();
            kernels.dedup();
            if kernels.is_empty() {
                continue;
            }
            let mut table = Table::new();
            table.load_style(presets::NOTHING);
            let title = format!("{backend}: instructions verified, time of a run");
            table.set_header(std::iter::once(title).chain(kernels.iter().map(ToString::to_string)));
            for ((_, name), measured) in of_backend() {
                let cell = |kernel| measured.get(kernel).map_or_else(|| "-".to_owned(), ToString::to_string);
                table.add_row(std::iter::once(name.clone()).chain(kernels.iter().map(cell)));
            }
            writeln!(f, "{}\n", table.trim_fmt())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "running 1 test\n@program sys_open 1200 8 950\n@program sys_kill 300 0 0\n@program broken\n";

    #[test]
    fn each_program_has_a_row_and_each_kernel_a_column() {
        let mut programs = Programs::default();
        let on = |kernel| Boot { kernel, backend: Backend::Syscalls };
        programs.add(on(KernelLine::V6_12), Measured::all_in(OUTPUT));
        programs.add(on(KernelLine::V6_1), Measured::all_in("@program sys_open 900 1 1000\n"));
        let text = programs.to_string();
        let rows: Vec<_> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        assert_eq!(rows[0], ["syscalls:", "instructions", "verified,", "time", "of", "a", "run", "6.1", "6.12"]);
        assert_eq!(rows[1], ["sys_kill", "-", "300"]);
        assert_eq!(rows[2], ["sys_open", "900,", "1000", "ns", "1200,", "950", "ns"]);
        assert_eq!(rows.len(), 4, "and an empty line: {text}");
    }
}
