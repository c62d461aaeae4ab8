//! Instrumented programs that are running.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::command::{text, vivarium};
use super::program::Program;

/// The program in `programs/host.rs`, waiting.
pub(crate) struct Live {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Live {
    /// Starts it, and waits until it has loaded what it should.
    pub(crate) fn start(program: &Program, arguments: &[impl AsRef<OsStr>]) -> Self {
        Self::spawn(Command::new(program.path()).args(arguments))
    }

    /// Starts it in its own way.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut live = Self { child, input, output };
        assert_eq!(live.line(), "ready\n");
        live
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets it call all of its functions once.
    pub(crate) fn work(&mut self) {
        self.input.as_mut().unwrap().write_all(b".").unwrap();
        assert_eq!(self.line(), "done\n");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// What `vivarium sites --pid` writes about it.
    #[track_caller]
    pub(crate) fn listed(&self) -> String {
        self.list(&[])
    }

    /// What it writes with `--json`.
    #[track_caller]
    pub(crate) fn listed_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.list(&["--json"])).unwrap()
    }

    #[track_caller]
    fn list(&self, arguments: &[&str]) -> String {
        let output = vivarium().arg("--pid").arg(self.pid().to_string()).args(arguments).output().unwrap();
        assert_eq!(text(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
        text(&output.stdout)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Its input ends, and with it the program.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
