//! The programs, as every user may run them, and a daemon.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, ensure};
use tempfile::TempDir;
use vivarium_tests::{cargo, tool};

use crate::bench::crowd;

/// A user who owns nothing here.
const USER: u32 = 61_234;
/// How many sites the crowd has.
pub(super) const SITES: usize = 1_000;
const PROGRAMS: [&str; 4] = ["vivarium", "vivariumd", "opener", "observers"];
const CROWD: &str = "crowd";

/// The programs in a folder that every user may look into.
pub(super) struct Scene {
    folder: TempDir,
}

/// A daemon; it is killed when this is dropped.
pub(super) struct Daemon {
    child: Child,
}

impl Scene {
    pub(super) fn build() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        let mut build = cargo::command("build");
        build.current_dir(root).args(["--release", "--bins", "-p", "vivarium-daemon", "-p", "vivarium-programs"]);
        let built = cargo::built_by(build)?;
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        for name in PROGRAMS {
            let program = built.iter().find(|artifact| artifact.target.name == name && artifact.executable.is_some());
            let path = program.and_then(|program| program.executable.clone());
            tool::copy_program(path.with_context(|| format!("cargo built no {name}"))?, folder.path().join(name));
        }
        tool::copy_program(crowd::build(root, SITES)?, folder.path().join(CROWD));
        Ok(Self { folder })
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("daemon.sock")
    }

    /// Starts a daemon, and waits until it observes.
    pub(super) fn daemon(&self) -> anyhow::Result<Daemon> {
        let mut command = Command::new(self.folder.path().join("vivariumd"));
        let mut child =
            command.arg("--socket").arg(self.socket()).stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut log = BufReader::new(child.stderr.take().context("its log")?);
        let mut said = String::new();
        while !said.contains("observing") {
            ensure!(log.read_line(&mut said)? > 0, "vivariumd ended: {said}");
        }
        // Or it would wait for somebody to read.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Ok(Daemon { child })
    }

    /// A program that an ordinary user runs.
    fn command(&self, program: &str, arguments: &[String]) -> Command {
        let mut command = Command::new(self.folder.path().join(program));
        command.args(arguments).env("VIVARIUM_SOCKET", self.socket()).uid(USER).gid(USER);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    /// A program that has said this, and waits for a line.
    pub(super) fn started(&self, program: &str, arguments: &[String], said: &str) -> anyhow::Result<Waiting> {
        let mut child = self.command(program, arguments).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        ensure!(line.trim_end() == said, "{program} said {line:?}");
        Ok(Waiting { child, output })
    }

    /// One with a thousand sites, that waits.
    pub(super) fn crowd(&self) -> anyhow::Result<Waiting> {
        self.started(CROWD, &["wait".to_owned()], "ready")
    }

    /// What a program prints that runs to its end.
    pub(super) fn output(&self, program: &str, arguments: &[String]) -> anyhow::Result<String> {
        let output = self.command(program, arguments).stdin(Stdio::null()).output()?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// A program that has begun, and is ended when this is dropped.
pub(super) struct Waiting {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Waiting {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets it go on.
    pub(super) fn go(&mut self) -> anyhow::Result<()> {
        Ok(self.child.stdin.as_mut().context("its input")?.write_all(b"\n")?)
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        // Who cannot be asked is not waited for.
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it ends; what else it said, and whether all was well with it.
    pub(super) fn end(&mut self) -> anyhow::Result<(String, bool)> {
        let mut said = String::new();
        self.output.read_to_string(&mut said)?;
        Ok((said, self.child.wait()?.success()))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
