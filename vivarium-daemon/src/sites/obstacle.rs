//! Why nobody can attach to a site.

use crate::elf::Architecture;

/// Why nobody can attach to a site, or to one probe of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// All its code is gone.
    #[error("the linker discarded it, since nothing calls it")]
    Discarded,
    /// The file is for another machine.
    #[error("it is built for {}, which this machine is not", .0.name())]
    ForeignArchitecture(Architecture),
    /// The file has no code at the probe, as a file with debug information alone.
    #[error("the file does not hold its code")]
    NoCode,
    /// Something else stands where the probe's instructions should be.
    #[error("its instructions are not those of a probe, so something rewrote them")]
    OtherInstructions,
    /// The semaphore isn't in writable data of the file.
    #[error("the file does not hold its semaphore")]
    NoSemaphore,
    /// Different probes have one address, so that it isn't known which of them is hit.
    #[error("the linker folded it with other code: link without `--icf=all`")]
    Folded,
    /// Its start probe is gone. Another may be gone rightly: not every function returns, and few raise anything.
    #[error("it has no probe span_start")]
    NoStart,
}

impl Obstacle {
    /// Whether the function may run nevertheless, unseen.
    #[must_use]
    pub const fn hides(self) -> bool {
        match self {
            Self::Discarded | Self::ForeignArchitecture(_) | Self::NoCode => false,
            Self::OtherInstructions | Self::NoSemaphore | Self::Folded | Self::NoStart => true,
        }
    }

    /// The name that machines read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discarded => "discarded",
            Self::ForeignArchitecture(_) => "foreign_architecture",
            Self::NoCode => "no_code",
            Self::OtherInstructions => "other_instructions",
            Self::NoSemaphore => "no_semaphore",
            Self::Folded => "folded",
            Self::NoStart => "no_start",
        }
    }
}
