//! What a user observes of processes that run already.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::{Daemon, REPORT};
use crate::observation::Observation;

/// A `vivarium attach` of a user that has begun to observe.
#[derive(Debug)]
pub struct Attached {
    child: Child,
    report: TempDir,
}

impl Attached {
    /// Begins to observe through the daemon; when this returns, it does.
    ///
    /// # Panics
    /// Where it doesn't.
    #[must_use]
    pub fn begin(daemon: &Daemon, user: u32, options: &[&str]) -> Self {
        let attached = Self::start(daemon, user, &[&["--daemon"], options].concat());
        attached.wait();
        attached
    }

    /// Starts it, which does not mean that it observes.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn start(daemon: &Daemon, user: u32, options: &[&str]) -> Self {
        let vivarium = daemon.installed("vivarium-daemon", "vivarium");
        let report = tempfile::tempdir_in(daemon.folder()).expect("a folder");
        fs::set_permissions(report.path(), fs::Permissions::from_mode(0o777)).expect("the folder is open to all");
        let file = report.path().join(REPORT);
        let mut command = daemon.command(user, &[&vivarium, "attach", "--format", "jsonl", "-o"]);
        command.arg(&file).args(options).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { child: command.spawn().expect("vivarium starts"), report }
    }

    /// Waits until it observes.
    ///
    /// # Panics
    /// Where it ends before.
    pub fn wait(&self) {
        self.wait_for("\n");
    }

    /// Waits until it has reported this.
    ///
    /// # Panics
    /// Where it ends before.
    pub fn wait_for(&self, text: &str) {
        assert!(self.reports(text), "vivarium ended before it reported {text:?}");
    }

    /// Waits until it observes, or ends without; whether it does.
    #[must_use]
    pub fn observes(&self) -> bool {
        self.reports("\n")
    }

    /// Waits until it has reported this, or ends; whether it has.
    fn reports(&self, text: &str) -> bool {
        let file = self.report.path().join(REPORT);
        loop {
            // What it reports last it reports before it ends.
            let ended = self.has_ended();
            let reported = fs::read_to_string(&file).unwrap_or_default().contains(text);
            if reported || ended {
                return reported;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn has_ended(&self) -> bool {
        // SAFETY: our own child, whose end is only looked at.
        let pid = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, self.child.id(), &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT);
            info.si_pid()
        };
        libc::pid_t::try_from(self.child.id()).is_ok_and(|own| own == pid)
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it that it is enough, as Ctrl-C does.
    pub fn interrupt(&self) {
        let pid = libc::pid_t::try_from(self.child.id()).expect("a pid");
        // SAFETY: our own child, which we haven't waited for.
        assert_eq!(unsafe { libc::kill(pid, libc::SIGINT) }, 0, "the signal can be sent");
    }

    /// Waits until it ends; what it saw.
    ///
    /// # Panics
    /// Where it can't be waited for, or prints something else than JSON lines.
    #[must_use]
    pub fn end(self) -> Observation {
        let output = self.child.wait_with_output().expect("it can be waited for");
        let text = fs::read_to_string(self.report.path().join(REPORT)).unwrap_or_default();
        Observation {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            lines: text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON line")).collect(),
        }
    }
}
