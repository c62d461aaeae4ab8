//! Running a command under `vivarium run` and reading what it saw.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::{cargo, tool};

/// What `vivarium run` saw of a command, as JSON lines.
#[derive(Debug)]
pub struct Observation {
    /// How `vivarium run` ended, which is how the command ended.
    pub status: ExitStatus,
    /// What the command printed.
    pub stdout: String,
    /// What it, and vivarium, complained about.
    pub stderr: String,
    /// The lines, in order.
    pub lines: Vec<Value>,
}

/// The backend that these tests are to use: that of the guest, or the one that works without security hooks.
#[must_use]
pub fn backend() -> String {
    std::env::var("VIVARIUM_VM_BACKEND").unwrap_or_else(|_| "syscalls".to_owned())
}

/// Whether the tests run in a guest, whose processors are emulated and slow.
#[must_use]
pub fn is_guest() -> bool {
    std::env::var_os("VIVARIUM_VM_BACKEND").is_some()
}

/// Whether this process may observe; says so where it may not.
#[must_use]
pub fn may_observe() -> bool {
    tool::is_root()
}

/// The file of a program that the tests run.
///
/// # Panics
/// Where it can't be built.
#[must_use]
pub fn program(package: &str, name: &str) -> String {
    let file = cargo::program(package, name).unwrap_or_else(|error| panic!("{error}"));
    file.into_os_string().into_string().expect("a plain name")
}

/// The file of one of the programs that are made to be observed.
#[must_use]
pub fn subject(name: &str) -> String {
    program("vivarium-programs", name)
}

impl Observation {
    /// Runs `command` under observation until it ends.
    ///
    /// # Panics
    /// Where `vivarium` doesn't start or prints something else than JSON lines.
    #[must_use]
    pub fn of<S: AsRef<OsStr>>(options: &[&str], command: &[S]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let report = directory.path().join("report.jsonl");
        let output = Self::command(options, &report, command).output().expect("vivarium starts");
        let text = std::fs::read_to_string(&report).unwrap_or_default();
        Self {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            lines: lines(&text),
        }
    }

    /// The same, of a recording. Who only records has no reader to be told of anything at once.
    ///
    /// # Panics
    /// Where `vivarium` doesn't start, or doesn't show what it has recorded.
    #[must_use]
    pub fn recorded<S: AsRef<OsStr>>(options: &[&str], command: &[S]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let recording = directory.path().join("recording.viv");
        let file = program("vivarium-daemon", "vivarium");
        let mut vivarium = Command::new(&file);
        vivarium.args(["run", "--backend", &backend(), "-o", "/dev/null", "--record"]).arg(&recording);
        let run = vivarium.args(options).arg("--").args(command).stdin(Stdio::null()).output();
        let run = run.expect("vivarium starts");
        let report = Command::new(&file).args(["report", "--format", "jsonl"]).arg(&recording).output();
        let report = report.expect("vivarium starts");
        assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stderr));
        Self {
            status: run.status,
            stdout: String::from_utf8_lossy(&run.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&run.stderr).into_owned(),
            lines: lines(&String::from_utf8_lossy(&report.stdout)),
        }
    }

    /// The command line that observes `command` and writes JSON lines to `report`.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(options: &[&str], report: &Path, command: &[S]) -> Command {
        let mut vivarium = Command::new(program("vivarium-daemon", "vivarium"));
        vivarium
            .args(["run", "--backend", &backend(), "--format", "jsonl", "-o"])
            .arg(report)
            .args(options)
            .arg("--")
            .args(command)
            .stdin(Stdio::null());
        vivarium
    }

    /// The events of this kind.
    pub fn events<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["type"] == "event" && line["kind"] == kind)
    }

    /// The last line.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn summary(&self) -> &Value {
        let last = self.lines.last().unwrap_or_else(|| panic!("no lines; vivarium said: {}", self.stderr));
        assert_eq!(last["type"], "summary", "the last line is the summary");
        last
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}
