//! Where programs see system calls return.

use nix::sys::utsname::uname;

/// The first Linux that lets a task be preempted in a program of the typed tracepoint, and skips the calls of others meanwhile.
const FIRST_THAT_SKIPS: u32 = 7;

/// What the programs of system calls are to the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SyscallPrograms {
    /// Programs of the typed tracepoint, which cost less.
    Typed,
    /// Programs of the trace event, which no kernel skips for that.
    OfEvent,
}

impl SyscallPrograms {
    /// Those that the running kernel does not skip. Should it do so nevertheless, it counts that, and no verdict says that
    /// all was seen.
    pub(super) fn of_the_running_kernel() -> Self {
        uname().map_or(Self::OfEvent, |names| Self::of(&names.release().to_string_lossy()))
    }

    /// The same, for a kernel of this release, which begins with a number and a dot.
    fn of(release: &str) -> Self {
        match release.split('.').next().map(str::parse) {
            Some(Ok(..FIRST_THAT_SKIPS)) => Self::Typed,
            _ => Self::OfEvent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_skipped_is_no_program_of_the_typed_tracepoint() {
        for release in ["6.1.0-37-amd64", "6.18.44", "5.15"] {
            assert_eq!(SyscallPrograms::of(release), SyscallPrograms::Typed, "{release}");
        }
        for release in ["7.0.0", "7.2.3-1-amd64", "10.1", "", "unknown"] {
            assert_eq!(SyscallPrograms::of(release), SyscallPrograms::OfEvent, "{release}");
        }
    }
}
