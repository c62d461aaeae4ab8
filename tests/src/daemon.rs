//! A daemon of a test's own, and ordinary users who speak with it.

mod attached;

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

pub use self::attached::Attached;
use crate::observation::{Observation, backend, program};
use crate::tool;

/// A user who owns nothing here.
pub const USER: u32 = 61_234;
/// Another one.
pub const OTHER_USER: u32 = 61_235;
/// The file into which it is reported.
const REPORT: &str = "report.jsonl";

/// A daemon of a test's own, with copies of programs that every user may run.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    folder: TempDir,
    said: thread::JoinHandle<String>,
}

impl Daemon {
    /// Starts one, and waits until it observes.
    ///
    /// # Panics
    /// Where it doesn't.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("the folder is open to all");
        Self::start_in(folder)
    }

    /// One that the tests of a program share which run at the same time: where processors are emulated, starting one takes longer
    /// than most of what is done with it. It ends with the last of them.
    ///
    /// # Panics
    /// Where none can be started.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Daemon>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let daemon = Arc::new(Self::start());
            *shared = Arc::downgrade(&daemon);
            daemon
        })
    }

    fn start_in(folder: TempDir) -> Self {
        let mut child = Command::new(program("vivarium-daemon", "vivariumd"))
            .args(["--backend", &backend(), "--socket"])
            .arg(folder.path().join("daemon.sock"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("vivariumd starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut said = String::new();
        while !said.contains("observing") {
            assert_ne!(log.read_line(&mut said).expect("its log is text"), 0, "vivariumd ended: {said}");
        }
        // Or it would wait for somebody to read.
        let said = thread::spawn(move || {
            while log.read_line(&mut said).is_ok_and(|count| count > 0) {}
            said
        });
        Self { child, folder, said }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("daemon.sock")
    }

    /// A folder that every user may look into.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A copy of a program that every user may run.
    ///
    /// # Panics
    /// Where there is no such program.
    #[must_use]
    pub fn installed(&self, package: &str, name: &str) -> String {
        let copy = self.folder.path().join(name);
        if !copy.exists() {
            // Another test may do the same: it must never find half of it, nor have another file put in the place of the one that
            // it runs, whose functions nobody would have attached to.
            let beside = tempfile::tempdir_in(self.folder()).expect("a folder");
            tool::copy_program(program(package, name), beside.path().join(name));
            match fs::hard_link(beside.path().join(name), &copy) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    panic!("{name} cannot be put there: {error}")
                }
                _ => {}
            }
        }
        copy.into_os_string().into_string().expect("a plain name")
    }

    /// A command that a user runs, and that speaks with this daemon.
    #[must_use]
    pub fn command(&self, user: u32, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env("VIVARIUM_SOCKET", self.socket()).stdin(Stdio::null());
        if user != 0 {
            // Other groups are given up as well when root becomes someone else.
            command.uid(user).gid(user);
        }
        command
    }

    /// What a user sees of a command through this daemon, as JSON lines.
    ///
    /// # Panics
    /// Where `vivarium` prints something else.
    #[must_use]
    pub fn observe(&self, user: u32, options: &[&str], words: &[&str]) -> Observation {
        let vivarium = self.installed("vivarium-daemon", "vivarium");
        let report = tempfile::tempdir_in(self.folder()).expect("a folder");
        fs::set_permissions(report.path(), fs::Permissions::from_mode(0o777)).expect("the folder is open to all");
        let file = report.path().join(REPORT);
        let mut line = vec![vivarium.as_str(), "run", "--daemon", "--format", "jsonl", "-o"];
        line.push(file.to_str().expect("a plain name"));
        line.extend(options);
        line.push("--");
        line.extend(words);
        let output = self.command(user, &line).output().expect("vivarium starts");
        let text = fs::read_to_string(&file).unwrap_or_default();
        Observation {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            lines: text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON line")).collect(),
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: libc::c_int) {
        let pid = libc::pid_t::try_from(self.child.id()).expect("a pid");
        // SAFETY: our own child, which we haven't waited for.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "the signal can be sent");
    }

    /// Tells it to end, and waits; what it logged.
    ///
    /// # Panics
    /// Where it can't be waited for.
    pub fn end(mut self) -> (ExitStatus, String) {
        self.signal(libc::SIGTERM);
        let status = self.child.wait().expect("it can be waited for");
        let said = std::mem::replace(&mut self.said, thread::spawn(String::new));
        (status, said.join().expect("its log is read"))
    }

    /// Kills it, and starts another one in its place.
    #[must_use]
    pub fn restarted(mut self) -> Self {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it can be waited for");
        let other = tempfile::tempdir().expect("a temporary directory");
        let folder = std::mem::replace(&mut self.folder, other);
        Self::start_in(folder)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
