//! Who looks on while a job is done.

use std::fmt;
use std::path::Path;
use std::process::Command;

use vivarium_sys::event::Backend;
use vivarium_sys::load::Syscall;

use super::job::Job;
use super::programs::Target;

/// System calls that make and end processes, which Vivarium is told of by the scheduler and other tools by these.
const LIFECYCLE: [&str; 6] = ["clone", "clone3", "exit", "exit_group", "fork", "vfork"];
/// Where the kernel keeps a directory for each of its tracepoints.
const SYSCALL_EVENTS: &str = "/sys/kernel/tracing/events/syscalls";

/// Who looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Observer {
    /// Nobody.
    Nobody,
    Vivarium(Backend),
    /// Two BPF programs that do nothing, one where spans start and one where they stop.
    EmptyPrograms,
    Strace,
    Bpftrace,
}

impl Observer {
    /// Everyone, in the order of the report.
    pub(super) fn all() -> Vec<Self> {
        let vivarium = Backend::ALL.into_iter().map(Self::Vivarium);
        let others = [Self::EmptyPrograms, Self::Strace, Self::Bpftrace];
        std::iter::once(Self::Nobody).chain(vivarium).chain(others).collect()
    }

    /// Whether watching this job tells something about this observer.
    pub(super) fn watches(self, job: Job) -> bool {
        match self {
            Self::Nobody | Self::Vivarium(_) => true,
            Self::EmptyPrograms => job == Job::Call,
            Self::Strace | Self::Bpftrace => matches!(job, Job::Open | Job::Call | Job::Spawn | Job::Nothing),
        }
    }

    /// The command by which `target` does `job` under observation; Vivarium writes to `report` what it saw.
    pub(super) fn command(self, job: Job, target: &Target, vivarium: &Path, report: &Path) -> Command {
        let mut command = match self {
            Self::Nobody | Self::EmptyPrograms => {
                let mut bare = Command::new(&target.program);
                bare.args(&target.arguments);
                return bare;
            }
            Self::Vivarium(backend) => {
                let mut vivarium = Command::new(vivarium);
                vivarium.args(["run", "--strict", "--backend", backend.name(), "-o"]).arg(report).arg("--");
                vivarium
            }
            Self::Strace => {
                let mut strace = Command::new("strace");
                strace.args(["-f", "-o", "/dev/null", "-e", &traced_calls(), "--"]);
                strace
            }
            Self::Bpftrace => {
                let mut bpftrace = Command::new("bpftrace");
                bpftrace.args([
                    "-q",
                    "-o",
                    "/dev/null",
                    "-e",
                    &counting_script(job, target),
                    "-c",
                    &target.to_string(),
                ]);
                return bpftrace;
            }
        };
        command.arg(&target.program).args(&target.arguments);
        command
    }

    /// The Debian package to install where its command isn't there.
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Nobody | Self::Vivarium(_) | Self::EmptyPrograms => "cargo",
            Self::Strace => "strace",
            Self::Bpftrace => "bpftrace",
        }
    }
}

/// The calls that Vivarium tells of, as strace wants them; the question marks are for those that it doesn't know.
fn traced_calls() -> String {
    let calls = Syscall::ALL.iter().map(|call| call.name()).chain(LIFECYCLE);
    let calls: Vec<_> = calls.map(|call| format!("?{call}")).collect();
    format!("trace={}", calls.join(","))
}

/// A script that counts the calls that Vivarium tells of, or the spans where that is what the job is about.
fn counting_script(job: Job, target: &Target) -> String {
    let probes: Vec<_> = if job == Job::Call {
        ["span_start", "span_stop"].map(|probe| format!("usdt:{}:vivarium:{probe}", target.program.display())).into()
    } else {
        let calls = Syscall::ALL.iter().map(|call| call.name()).chain(LIFECYCLE);
        let known = calls.filter(|call| Path::new(SYSCALL_EVENTS).join(format!("sys_exit_{call}")).exists());
        known.map(|call| format!("tracepoint:syscalls:sys_exit_{call}")).collect()
    };
    format!("{} {{ @[probe] = count(); }}", probes.join(","))
}

impl fmt::Display for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("bare"),
            Self::Vivarium(backend) => write!(f, "vivarium run --backend {}", backend.name()),
            Self::EmptyPrograms => f.write_str("two empty BPF programs"),
            Self::Strace => f.write_str("strace -f -e trace=(the same)"),
            Self::Bpftrace => f.write_str("bpftrace counting the same"),
        }
    }
}
