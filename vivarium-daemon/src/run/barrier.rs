//! A barrier in front of a command's first program: it waits there until someone has seen its process.

use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::{AsRawFd, RawFd};

/// What lets it pass.
const PASS: u8 = b'+';
/// What is said instead of a process when there is none.
const NOBODY: i32 = 0;

/// The side of the process that waits.
#[derive(Debug)]
pub(super) struct Barrier {
    tells: PipeWriter,
    waits: PipeReader,
    /// The other side, of which the process that waits has a copy.
    other: [RawFd; 2],
}

/// The side of who lets it pass. Dropped without being opened, it lets nothing pass.
#[derive(Debug)]
pub(super) struct Door {
    hears: PipeReader,
    opens: PipeWriter,
}

/// Rung when there is nobody to wait for.
#[derive(Debug)]
pub(super) struct Bell(PipeWriter);

impl Barrier {
    pub(super) fn new() -> io::Result<(Self, Door, Bell)> {
        let ((hears, tells), (waits, opens)) = (pipe()?, pipe()?);
        let bell = Bell(tells.try_clone()?);
        Ok((Self { tells, waits, other: [hears.as_raw_fd(), opens.as_raw_fd()] }, Door { hears, opens }, bell))
    }

    /// Tells which process waits, and waits. Called between fork and exec, where nothing may be allocated.
    pub(super) fn wait(&self) -> io::Result<()> {
        for copy in self.other {
            // SAFETY: this process has but copies of them and uses neither; with them it would not hear that the one who
            // lets it pass is gone.
            unsafe { libc::close(copy) };
        }
        (&self.tells).write_all(&std::process::id().to_ne_bytes())?;
        let mut answer = [0];
        (&self.waits).read_exact(&mut answer)?;
        if answer[0] == PASS { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl Door {
    /// The process that waits; none if it could not be made.
    pub(super) fn process(&mut self) -> Option<i32> {
        let mut number = [0; size_of::<i32>()];
        self.hears.read_exact(&mut number).ok()?;
        Some(i32::from_ne_bytes(number)).filter(|number| *number != NOBODY)
    }

    /// Lets it pass.
    pub(super) fn open(&mut self) {
        // Who has ended meanwhile needs no door.
        let _ = self.opens.write_all(&[PASS]);
    }
}

impl Bell {
    /// Nobody comes to the barrier any more.
    pub(super) fn ring(mut self) {
        // Nobody may listen any more either.
        let _ = self.0.write_all(&NOBODY.to_ne_bytes());
    }
}
