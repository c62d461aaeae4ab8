//! One boot of a guest, watched from its start to its end.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Qemu;
use super::channels::{Arrival, Channel, hang_up, listen};
use super::machine::Machine;
use crate::vm::guest::{Mark, MarkReader, Secret, Sighting};

/// How long a guest may take from its start until its first program, on a busy host.
const BOOT_LIMIT: Duration = Duration::from_secs(90);
/// How long it may take between programs, and beyond a program's own limit.
const GRACE: Duration = Duration::from_secs(20);
/// How often to look whether QEMU itself is still there.
const LOOK: Duration = Duration::from_millis(200);
/// How much of the console tells why a guest died.
const CONSOLE_TAIL_LINES: usize = 60;

/// What happens in a guest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GuestEvent {
    /// It has booted.
    Ready,
    /// The next program starts.
    Started,
    /// The program that started last wrote something, or the kernel did.
    Wrote(Channel, Vec<u8>),
    /// The program that started last ended with this status.
    Ended { status: u8 },
}

/// How a guest failed to run all of its programs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BootError {
    #[error("cannot start a guest; check the space and rights of the temporary directory")]
    NotStarted(#[from] io::Error),
    #[error("the guest died {phase}{complaint}; the end of its console:\n{console}")]
    Died {
        phase: Phase,
        /// What QEMU said.
        complaint: String,
        console: String,
    },
    #[error("the guest hung {phase}: nothing for {} s; the end of its console:\n{console}", limit.as_secs())]
    Hung { phase: Phase, limit: Duration, console: String },
}

/// What a guest is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Booting,
    /// Between programs.
    Idle,
    Running,
    Done,
}

impl Phase {
    /// How long it may last.
    fn limit(self, program_limit: Duration) -> Duration {
        match self {
            Self::Booting => BOOT_LIMIT,
            Self::Idle | Self::Done => GRACE,
            Self::Running => program_limit + GRACE,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Booting => "while it booted",
            Self::Idle => "between programs",
            Self::Running => "while a program ran",
            Self::Done => "after its last program",
        })
    }
}

impl Qemu {
    /// Boots `machine` and tells `witness` all that happens, until its programs have ended.
    pub(crate) fn boot(&self, machine: &Machine<'_>, witness: &mut dyn FnMut(GuestEvent)) -> Result<(), BootError> {
        let sockets = tempfile::tempdir()?;
        let secret = Secret::new();
        let arrivals = listen(sockets.path())?;
        let complaints = sockets.path().join("complaints");
        let mut command = machine.command(&secret, sockets.path());
        command.stderr(File::create(&complaints)?);
        let mut qemu = Running::start(&mut command)?;

        let mut guest = Watched::new(&secret, witness);
        let mut open = Channel::ALL.len();
        while open > 0 {
            match arrivals.recv_timeout(LOOK) {
                Ok(Arrival::Bytes(channel, bytes)) => guest.wrote(channel, bytes),
                Ok(Arrival::Closed(_)) => open -= 1,
                Err(_) if qemu.has_ended() => hang_up(sockets.path()),
                Err(_) => {}
            }
            let limit = guest.phase.limit(machine.program_limit);
            if guest.phase == Phase::Done {
                qemu.kill();
            } else if guest.since.elapsed() > limit {
                let Watched { phase, console, .. } = guest;
                return Err(BootError::Hung { phase, limit, console: tail(&console) });
            }
        }
        if guest.phase == Phase::Done {
            return Ok(());
        }
        let complaint = match fs::read_to_string(&complaints)?.trim_end() {
            "" => String::new(),
            text => format!(" ({text})"),
        };
        let Watched { phase, console, .. } = guest;
        Err(BootError::Died { phase, complaint, console: tail(&console) })
    }
}

/// A guest, as far as it has come.
struct Watched<'w> {
    phase: Phase,
    /// Since when it is in that phase.
    since: Instant,
    marks: MarkReader,
    console: Vec<u8>,
    witness: &'w mut dyn FnMut(GuestEvent),
}

impl<'w> Watched<'w> {
    fn new(secret: &Secret, witness: &'w mut dyn FnMut(GuestEvent)) -> Self {
        Self {
            phase: Phase::Booting,
            since: Instant::now(),
            marks: MarkReader::new(secret),
            console: Vec::new(),
            witness,
        }
    }

    fn wrote(&mut self, channel: Channel, bytes: Vec<u8>) {
        if channel == Channel::Output {
            for sighting in self.marks.read(&bytes) {
                match sighting {
                    Sighting::Output(bytes) => (self.witness)(GuestEvent::Wrote(channel, bytes)),
                    Sighting::Mark(mark) => self.marked(mark),
                }
            }
            return;
        }
        if channel == Channel::Console {
            self.console.extend(&bytes);
        }
        (self.witness)(GuestEvent::Wrote(channel, bytes));
    }

    fn marked(&mut self, mark: Mark) {
        self.since = Instant::now();
        let (phase, event) = match mark {
            Mark::Ready => (Phase::Idle, Some(GuestEvent::Ready)),
            Mark::Started => (Phase::Running, Some(GuestEvent::Started)),
            Mark::Ended { status } => (Phase::Idle, Some(GuestEvent::Ended { status })),
            Mark::Done => (Phase::Done, None),
        };
        self.phase = phase;
        if let Some(event) = event {
            (self.witness)(event);
        }
    }
}

/// A running QEMU, which ends with this value.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().map(Self)
    }

    fn has_ended(&mut self) -> bool {
        // Where the state of a child cannot be had, there is none.
        !matches!(self.0.try_wait(), Ok(None))
    }

    fn kill(&mut self) {
        // It fails only where QEMU has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last lines of a console.
fn tail(console: &[u8]) -> String {
    let text = String::from_utf8_lossy(console);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let start = lines.len().saturating_sub(CONSOLE_TAIL_LINES);
    lines[start..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_console_is_its_last_lines() {
        let console: String = (0..100).map(|number| format!("line {number}\r\n")).collect();
        let tail = tail(console.as_bytes());
        assert_eq!(tail.lines().count(), CONSOLE_TAIL_LINES);
        assert!(tail.ends_with("line 98\nline 99"), "{tail}");
    }
}
