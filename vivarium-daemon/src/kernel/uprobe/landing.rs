//! Which instruction of a probe is attached to.

use super::UprobePoint;

/// Which instruction of a probe is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landing {
    /// The first, which a breakpoint replaces.
    First,
    /// The long one after it, which the kernel replaces by a call that is several times as fast.
    Fast,
}

impl Landing {
    /// What is best on the running kernel.
    ///
    /// Some kernels make a call of any five-byte `nop` at a probe and overwrite what the function keeps below its stack
    /// pointer. Those that know how to do it well answer otherwise when the system call is made from the wrong place.
    #[must_use]
    pub fn of_the_running_kernel() -> Self {
        if cfg!(target_arch = "x86_64") && uprobe_call_refused_with() == Some(libc::EPROTO) {
            Self::Fast
        } else {
            Self::First
        }
    }

    /// Moves from where the probes begin to where they are attached to.
    pub fn shift(self, points: &mut [UprobePoint]) {
        let distance = match self {
            Self::First => 0,
            Self::Fast => 1,
        };
        for point in points {
            point.at.probe.0 += distance;
        }
    }
}

/// How the kernel refuses the system call that only it itself puts into programs.
fn uprobe_call_refused_with() -> Option<i32> {
    /// `uprobe`, of x86-64 alone.
    const SYS_UPROBE: libc::c_long = 336;
    // SAFETY: it takes nothing, and does nothing unless the kernel has put it where it is called from.
    let answer = unsafe { libc::syscall(SYS_UPROBE) };
    if answer == -1 { std::io::Error::last_os_error().raw_os_error() } else { None }
}
